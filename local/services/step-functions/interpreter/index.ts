export { CHOICE_OPERATORS, type ChoiceRule } from './choice';
export { Closing, Interrupted, StateError } from './error';
export { type Host, Interpreter, type TaskRequest, sleep } from './interpreter';
export { unknownIntrinsic } from './intrinsic-function';
export { type Definition, type Position, type State, type States, restart, startOf } from './state';
