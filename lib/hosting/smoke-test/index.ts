// Smoke tests of endpoints.
export { Expectation, ResponseValue, ToleranceOptions } from './expectation';
export { SmokeTestRequest } from './smoke-test-request';
export { SmokeTest } from './smoke-test';

import * as api from './index';
import { validateArguments } from '../../private/argument-validation';

validateArguments(api);
