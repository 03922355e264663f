/**
 * How the work goes, told to people and machines: the log (JSON lines in the data folder, rotated by size),
 * metrics (Prometheus text), alerts (events that are raised and cleared).
 * Hidden values (the redactor's) are in no line; fields are cut, never interpreted. Labels of metrics are closed
 * lists and ids of the configuration. It informs: nothing is ended, slowed or refused by it, and a log that
 * cannot be written never stops the work it would have told about.
 */
export { type Alerts, createAlerts } from './alerts/create-alerts.ts'
export { createFileLog } from './file-log.ts'
export { logEvents } from './log-events.ts'
export { createMetrics, type Metrics } from './metrics/create-metrics.ts'
