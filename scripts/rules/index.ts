/**
 * The rules that the library checks at synthesis. `npm run generate:rules` writes them to `docs/rules.md`, and `test/rules.test.ts`
 * requires a rule for each message in `lib/`. An entry of `messages` is a part of `file: message`, with `…` for inserted values.
 */
import { ALL_STAGES } from './all-stages';
import { IMAGES } from './images';
import { ALGORITHMS } from './algorithms';
import { TRAINING } from './training';
import { MODEL_PACKAGES } from './model-packages';
import { MODELS } from './models';
import { ENDPOINT_CONFIGS } from './endpoint-configs';
import { ENDPOINTS } from './endpoints';
import { RELEASED_MODEL_PACKAGES } from './released-model-packages';
import { CONTINUOUS } from './continuous';
import { MONITORING } from './monitoring';
import { SMOKE_TESTS } from './smoke-tests';
import { INFERENCE_COMPONENTS } from './inference-components';
import { PROCESSING } from './processing';
import { BATCH } from './batch';
import { NETWORKS_AND_PERMISSIONS } from './networks-and-permissions';
import { MARKETPLACE } from './marketplace';
import type { Rule } from './rule';

export { EXEMPT } from './exempt';
export type { Rule } from './rule';

/** The rules by stage of the lifecycle. */
export const RULES: Record<string, readonly Rule[]> = {
  'All stages': ALL_STAGES,
  Images: IMAGES,
  Algorithms: ALGORITHMS,
  'Training and tuning': TRAINING,
  'Model packages': MODEL_PACKAGES,
  Models: MODELS,
  'Endpoint configurations': ENDPOINT_CONFIGS,
  'Endpoints and scaling': ENDPOINTS,
  'Released model packages': RELEASED_MODEL_PACKAGES,
  'Continuous lifecycle': CONTINUOUS,
  'Smoke tests': SMOKE_TESTS,
  Monitoring: MONITORING,
  'Inference components': INFERENCE_COMPONENTS,
  Processing: PROCESSING,
  'Batch transform': BATCH,
  'Networks, keys and permissions': NETWORKS_AND_PERMISSIONS,
  Marketplace: MARKETPLACE,
};
