/** The kind of processor that an image requires or an instance type provides. */
export enum Processor {
  /** CPU only. */
  CPU = 'CPU',

  /** NVIDIA GPUs (instance families g and p). */
  GPU = 'GPU',

  /** AWS Inferentia and AWS Trainium (instance families inf and trn). */
  NEURON = 'NEURON',
}
