/**
 * Properties of instances that are derived from the name of the instance type. `InstanceType` and the local tools share these
 * rules.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */

/** The family of an instance type, such as `m5` of `ml.m5.xlarge`. Empty if the name has another form. */
export function familyOf(instanceType: string): string {
  return /^ml\.([^.]+)\./.exec(instanceType)?.[1] ?? '';
}

/** Whether the instances have Arm processors. */
export function isArm64(instanceType: string): boolean {
  const family = familyOf(instanceType);
  // Graviton families have a "g" after the generation (c7g, m6gd, c6gn). The GB200 families have Grace processors.
  return /^[a-z]+\d+g/.test(family) || /-gb\d+$/.test(family);
}

/** Whether the instances have NVIDIA GPUs. */
export function isGpu(instanceType: string): boolean {
  return /^(g|p|gr)\d/.test(familyOf(instanceType));
}

/** Whether the instances have local storage, for which SageMaker accepts neither a volume size nor a KMS key. */
export function hasLocalStorage(instanceType: string): boolean {
  const family = familyOf(instanceType);
  // Families with a "d" after the generation (m5d, c6gd, g4dn), and accelerated families that all have local storage.
  return /^[a-z]+\d+[a-z]*d/.test(family) || /^(g[5-9]|p[5-9]|trn\d|gr\d)/.test(family);
}
