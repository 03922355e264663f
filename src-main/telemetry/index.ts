/**
 * How the work goes, told to people and machines: the log (JSON lines in the data folder, rotated by size),
 * metrics (Prometheus text).
 * Hidden values (the redactor's) are in no line; fields are cut, never interpreted. Labels of metrics are closed
 * lists and ids of the configuration. A log that cannot be written never stops the work it would have told about.
 */
export { createFileLog } from './file-log.ts'
export { createMetrics, type Metrics } from './metrics/create-metrics.ts'
