import type {
  OperationAnswer,
  OperationInput,
  OperationName,
} from '../../../src-shared/contract/index.ts'
import type { Outcome } from '../outcome.ts'

/** Some of the operations, each carried out at once or later. */
export type Handlers<Names extends OperationName> = {
  [N in Names]: (
    input: OperationInput<N>,
  ) => Outcome<OperationAnswer<N>> | Promise<Outcome<OperationAnswer<N>>>
}
