// Images.
export { BuiltInAlgorithm, DeepLearningFramework, ImagePurpose, ProvidedImageOptions } from './provided-image-options';
export {
  CacheableImageOptions,
  ContainerImageConfig,
  EcrImageOptions,
  ExistingImageOptions,
  EcrImageReference,
  FindingSeverity,
  ImageCharacteristics,
  ImageOptions,
  ManifestFormat,
  PrivateRegistryOptions,
  RegistryAccess,
} from './image-options';
export { AssetImageOptions, ContainerImage } from './container-image';
export { AlgorithmImages, SplitImages } from './algorithm-images';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
