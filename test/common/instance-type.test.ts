import { CfnParameter } from 'aws-cdk-lib';
import { Architecture, InstanceType, Processor } from '../../lib';
import { unknownInstanceTypes } from '../../lib/common/known-instance-types';
import { errorOf, newStack } from '../stacks';

const tokenType = (): InstanceType => InstanceType.of(new CfnParameter(newStack(), 'Type').valueAsString);

describe('An instance type', () => {
  test.each([
    ['ml.m5.xlarge', Processor.CPU, Architecture.X86_64],
    ['ml.c7i.large', Processor.CPU, Architecture.X86_64],
    ['ml.m8i-flex.large', Processor.CPU, Architecture.X86_64],
    ['ml.g7.2xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.c6gn.large', Processor.CPU, Architecture.ARM64],
    ['ml.m8g.large', Processor.CPU, Architecture.ARM64],
    ['ml.r7gd.large', Processor.CPU, Architecture.ARM64],
    ['ml.g4dn.xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.g6e.xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.gr6.4xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.p5en.48xlarge', Processor.GPU, Architecture.X86_64],
    ['ml.p6e-gb200.36xlarge', Processor.GPU, Architecture.ARM64],
    ['ml.inf2.xlarge', Processor.NEURON, Architecture.X86_64],
    ['ml.trn1n.32xlarge', Processor.NEURON, Architecture.X86_64],
  ])('with the name %s has the processor %s and the architecture %s', (name, processor, architecture) => {
    expect(InstanceType.of(name)).toMatchObject({ processor, architecture });
  });

  test.each([
    ['ml.m5d.large', true],
    ['ml.g4dn.xlarge', true],
    ['ml.g5.xlarge', true],
    ['ml.trn1.2xlarge', true],
    ['ml.m5.large', false],
    ['ml.r8i-flex.large', false],
    ['ml.g7.2xlarge', true],
    ['ml.g4ad.xlarge', true],
    ['ml.inf2.xlarge', false],
  ])('with the name %s has the value %s of `hasLocalStorage`', (name, hasLocalStorage) => {
    expect(InstanceType.of(name).hasLocalStorage).toBe(hasLocalStorage);
  });

  test.each([
    ['ml.t3.medium', true],
    ['ml.trn1.2xlarge', false],
    ['ml.m5.large', false],
  ])('with the name %s has the value %s of `isBurstable`', (name, isBurstable) => {
    expect(InstanceType.of(name).isBurstable).toBe(isBurstable);
  });

  test('has no known characteristics when its name is a token', () => {
    expect(tokenType()).toMatchObject({
      processor: undefined,
      architecture: undefined,
      hasLocalStorage: undefined,
      isBurstable: undefined,
    });
  });

  test.each(['m5.xlarge', 'ml.m5', 'ml.M5.xlarge', ''])('with the name "%s" is rejected', (name) => {
    expect(errorOf(() => InstanceType.of(name))).toBe(
      `\`instanceType\` must have the form "ml.<family>.<size>", for example "ml.m5.xlarge", got: "${name}".`,
    );
  });

  test('with a hyphen in its family is accepted', () => {
    expect(InstanceType.of('ml.p6e-gb200.36xlarge').toString()).toBe('ml.p6e-gb200.36xlarge');
  });
});

describe('The warning about unknown instance types', () => {
  test('lists the types that are not known for the use', () => {
    const types = ['ml.m5.large', 'ml.z9.large'].map((name) => InstanceType.of(name));
    expect(unknownInstanceTypes('training', types)).toBe(
      'Instance types for training that were unknown when this version of the library was published: ml.z9.large.',
    );
  });

  test('is undefined when all types are known or tokens', () => {
    expect(unknownInstanceTypes('training', [InstanceType.ML_M5_LARGE, tokenType()])).toBeUndefined();
  });
});
