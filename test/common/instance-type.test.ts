import { CfnParameter } from 'aws-cdk-lib';
import { Architecture, InstanceType, Processor } from '../../lib';
import { errorOf, newStack } from '../stacks';

describe('InstanceType', () => {
  test.each([
    ['ml.m5.xlarge', Processor.CPU, Architecture.X86_64],
    ['ml.c7i.large', Processor.CPU, Architecture.X86_64],
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
  ])('derives from the name %s the processor %s and the architecture %s', (name, processor, architecture) => {
    expect(InstanceType.of(name)).toMatchObject({ processor, architecture });
  });

  test('has neither processor nor architecture if its name is known at deployment only', () => {
    const type = InstanceType.of(new CfnParameter(newStack(), 'Type').valueAsString);
    expect(type).toMatchObject({ processor: undefined, architecture: undefined });
  });

  test('rejects a name without the prefix "ml."', () => {
    expect(() => InstanceType.of('ml.p6e-gb200.36xlarge')).not.toThrow();
    expect(errorOf(() => InstanceType.of('m5.xlarge'))).toContain(
      '"ml.<family>.<size>", for example "ml.m5.xlarge", got: "m5.xlarge"',
    );
  });
});
