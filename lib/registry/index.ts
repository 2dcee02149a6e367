// The model registry.
export { ModelApprovalStatus } from './model-package/model-approval-status';
export {
  ApprovalStatusChangeOptions,
  IModelPackageGroup,
  ModelPackageGroup,
  ModelPackageGroupProps,
} from './model-package-group';
export { ModelPackageContainer } from './model-package/model-package-container';
export { AdditionalInferenceSpecification } from './model-package/additional-inference-specification';
export { ModelCard, ModelCardStatus } from './model-package/model-card';
export { ModelDomain, ModelTask } from './model-package/model-domain';
export {
  BiasBaseline,
  BiasReports,
  DriftCheckBaselines,
  ExplainabilityBaseline,
  ModelMetrics,
  QualityReports,
} from './model-package/model-metrics';
export {
  ModelPackageMetadata,
  ModelPackageProps,
  ModelPackageValidationProfile,
} from './model-package/model-package-props';
export { ModelPackageSources } from './model-package/model-package-sources';
export { ModelPackageSharingOptions } from './model-package-sharing';
export { ReleasedModelPackageOptions } from './model-package/released-model-package-options';
export { IModelPackage } from './model-package/model-package-base';
export { IReleasedModelPackage } from './model-package/released-model-package';
export { ModelPackage, ModelPackageAttributes } from './model-package/model-package';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
