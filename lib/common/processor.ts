/** The kind of processor that an image computes on, and that an instance type is bought for. */
export enum Processor {
  /** Central processors only. */
  CPU = 'CPU',

  /** NVIDIA graphics processors (families g and p). */
  GPU = 'GPU',

  /** AWS Inferentia and Trainium (families inf and trn). */
  NEURON = 'NEURON',
}
