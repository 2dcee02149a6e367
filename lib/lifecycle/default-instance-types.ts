import { Architecture } from '../common/architecture';
import { InstanceType } from '../common/instance-type';
import { Processor } from '../common/processor';
import type { ImageRequirements } from '../image/image-compatibility';

type Purpose = 'training' | 'realtime' | 'transform';

const DEFAULTS: Record<Purpose, Record<Processor, InstanceType>> = {
  training: {
    [Processor.CPU]: InstanceType.ML_M5_XLARGE,
    [Processor.GPU]: InstanceType.ML_G5_XLARGE,
    [Processor.NEURON]: InstanceType.ML_TRN1_2XLARGE,
  },
  realtime: {
    [Processor.CPU]: InstanceType.ML_M5_XLARGE,
    [Processor.GPU]: InstanceType.ML_G5_XLARGE,
    [Processor.NEURON]: InstanceType.ML_INF2_XLARGE,
  },
  transform: {
    [Processor.CPU]: InstanceType.ML_M5_XLARGE,
    [Processor.GPU]: InstanceType.ML_G5_XLARGE,
    [Processor.NEURON]: InstanceType.ML_INF2_XLARGE,
  },
};

/** The only purpose for which SageMaker has Graviton instances. */
const GRAVITON: { readonly [Key in Purpose]?: InstanceType } = { realtime: InstanceType.ML_C7G_XLARGE };

/** The default instance type that runs an image. Undefined if SageMaker has none for the purpose. */
export function defaultInstanceType(purpose: Purpose, image: ImageRequirements = {}): InstanceType | undefined {
  const { architecture, processor = Processor.CPU } = image;
  if (architecture !== Architecture.ARM64) return DEFAULTS[purpose][processor];
  return processor === Processor.CPU ? GRAVITON[purpose] : undefined;
}
