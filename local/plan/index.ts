export { type Plan, planOf } from './plan';
export { type PlanFormat, planReport } from './report';
