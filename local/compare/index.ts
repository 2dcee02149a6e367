export * from './compare';
export { type BodyRules, type Difference, differenceOf } from '../contract';
export { COMPARISON_FORMATS, type ComparisonFormat, comparisonReport } from './report';
