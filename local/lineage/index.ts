export { type LineageOptions, LineageError, lineageOf } from './lineage';
export { lineageReport } from './report';
