import { InstanceType, Processor } from '../../../lib';
import { Architecture } from '../../../lib/common/architecture';
import { isArm64, isGpu } from '../../../local/contract';

describe.each([
  ['ml.m5.xlarge', false, false],
  ['ml.m6gd.large', true, false],
  ['ml.c7g.large', true, false],
  ['ml.c6gn.large', true, false],
  ['ml.g5.xlarge', false, true],
  ['ml.g4dn.xlarge', false, true],
  ['ml.gr6.4xlarge', false, true],
  ['ml.p5en.48xlarge', false, true],
  ['ml.p6e-gb200.36xlarge', true, true],
  ['ml.inf2.xlarge', false, false],
])('The instance type %s', (name, expectedArm64, expectedGpu) => {
  test(`has ${expectedArm64 ? 'Arm' : 'x86'} processors and ${expectedGpu ? 'GPUs' : 'no GPU'}`, () => {
    expect([isArm64(name), isGpu(name)]).toEqual([expectedArm64, expectedGpu]);
  });

  test('has the same processors for the constructs as for the local tools', () => {
    const type = InstanceType.of(name);
    expect(type.architecture).toBe(isArm64(name) ? Architecture.ARM64 : Architecture.X86_64);
    expect(type.processor === Processor.GPU).toBe(isGpu(name));
  });
});

test('A reference to an instance type has neither Arm processors nor GPUs', () => {
  expect([isArm64('{{Stack.g5gType}}'), isGpu('{{Stack.g5gType}}')]).toEqual([false, false]);
});
