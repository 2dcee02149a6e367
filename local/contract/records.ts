/** The records of the handlers that the lineage of a version consists of. */
export { decimalOf } from '../../lib/handlers/shared/decimal';
export {
  INPUTS_TAG,
  type InputRecord,
  MAX_OBJECTS,
  locate,
  parseInputsTag,
  recordInputs,
  recordObjects,
} from '../../lib/handlers/shared/input-record';
