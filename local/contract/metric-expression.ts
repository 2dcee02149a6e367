/** In a file of its own, because the console, a page, cannot load the rest of the contract. */
export { capturesGroup, isConditional, metricExpression } from '../../lib/private/metric-expression';
