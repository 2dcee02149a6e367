import { CfnParameter, Duration, Stack, aws_scheduler as scheduler } from 'aws-cdk-lib';
import {
  type IModelPackage,
  type InferenceSpecification,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelPackage,
  type ModelPackageProps,
  ProductionVariant,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TransformSchedule,
} from '../../../lib';
import { bucket } from '../../features';
import { newVersion, releasedVersion } from '../../hosting-fixtures';
import { newByoAlgorithm } from '../../lifecycle-fixtures';
import { errorOf, image, newStack } from '../../stacks';

const { ML_C7I_LARGE: C7I, ML_M5_LARGE: M5, ML_M5_XLARGE: M5_XLARGE } = InstanceType;
const INFERENCE: InferenceSpecification = {
  contentTypes: ['text/csv'],
  responseMimeTypes: ['text/csv'],
  realtimeInstanceTypes: [C7I, M5_XLARGE],
  transformInstanceTypes: [M5_XLARGE],
};

/** A model of an approved version with the inference specification above. */
function newModel(stack: Stack, props: Partial<ModelPackageProps> = {}, inferenceSpecificationName?: string): Model {
  const own = { algorithm: undefined, image: image(), inference: INFERENCE };
  const approvalStatus = ModelApprovalStatus.APPROVED;
  return modelOf(stack, newVersion(stack, { ...own, approvalStatus, ...props }), inferenceSpecificationName);
}

function modelOf(stack: Stack, modelPackage: IModelPackage, inferenceSpecificationName?: string): Model {
  return new Model(stack, 'Model', { modelPackage, inferenceSpecificationName });
}

const variant = (model: Model, instanceType: InstanceType): unknown =>
  ProductionVariant.instances('main', { model, instanceType });

function definition(model: Model, type: InstanceType) {
  const data = bucket(Stack.of(model));
  return {
    model,
    input: TransformInput.fromBucket(data, 'in/'),
    output: TransformOutput.toBucket(data, 'out'),
    resources: TransformResources.of(type),
  };
}

const transform = (model: Model, type: InstanceType, id = 'Transform'): unknown =>
  new TransformJob(Stack.of(model), id, definition(model, type));

const REALTIME =
  'ml.m5.large is not an instance type that model package Stack/Package supports for real-time inference (ml.c7i.large, ml.m5.xlarge). ' +
  'Use one of these, or add it to `realtimeInstanceTypes` of `inference` of Stack/Package';
const TRANSFORM =
  'ml.m5.large is not an instance type that model package Stack/Package supports for batch transform (ml.m5.xlarge). Use one of these, ' +
  'or add it to `transformInstanceTypes` of `inference` of Stack/Package';

describe('An instance type that the model package does not support is rejected', () => {
  test.each<[string, (model: Model) => unknown, string]>([
    ['in a variant', (model) => variant(model, M5), `Production variant "main": \`instanceType\`: ${REALTIME}`],
    [
      'in an instance pool',
      (model) =>
        ProductionVariant.instances('shadow', {
          model,
          instancePools: [
            { instanceType: C7I, priority: 1 },
            { instanceType: M5, priority: 2 },
          ],
        }),
      `Production variant "shadow": \`instancePools[1]\`: ${REALTIME}`,
    ],
    [
      'in an instance pool with a model of its own',
      (model) =>
        ProductionVariant.instances('main', {
          model: new Model(Stack.of(model), 'Other', { image: image() }),
          instancePools: [{ instanceType: M5, priority: 1, model }],
        }),
      `Production variant "main": \`instancePools[0]\`: ${REALTIME}`,
    ],
    [
      'in a transform job',
      (model) => transform(model, M5),
      `Transform job Stack/Transform: \`resources\`: ${TRANSFORM}`,
    ],
    [
      'in a transform schedule',
      (model) =>
        new TransformSchedule(Stack.of(model), 'Nightly', {
          ...definition(model, M5),
          schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
        }),
      `Transform schedule Stack/Nightly: \`resources\`: ${TRANSFORM}`,
    ],
  ])('%s', (_, use, message) => {
    expect(errorOf(() => use(newModel(newStack())))).toBe(message);
  });

  test('in a variant of several packages, each of which is named', () => {
    const stack = newStack();
    const containers = ['A', 'B'].map((name, index) => ({
      modelPackage: new ModelPackage(stack, name, {
        image: image(),
        inference: { ...INFERENCE, realtimeInstanceTypes: [[C7I], [C7I, M5]][index] },
      }),
    }));
    const model = new Model(stack, 'Model', { containers });
    expect(errorOf(() => variant(model, M5))).toContain('that model package Stack/A supports');
    expect(errorOf(() => variant(model, M5_XLARGE))).toContain('that model package Stack/B supports');
    expect(() => variant(model, C7I)).not.toThrow();
  });

  test('with the property of the algorithm that defines the instance types', () => {
    const stack = newStack();
    const model = modelOf(stack, newVersion(stack, { approvalStatus: ModelApprovalStatus.APPROVED }));
    expect(errorOf(() => variant(model, M5))).toContain(
      'that model package Stack/Package supports for real-time inference (ml.c7i.large). Use one of these, or add it to ' +
        '`realtimeInstanceTypes` of `inference` of Stack/Algorithm',
    );
  });

  test('by the additional inference specification that the model selects', () => {
    const additional = { name: 'other', containers: [{ image: image() }], realtimeInstanceTypes: [M5] };
    const props = { additionalInferenceSpecifications: [additional] };
    expect(errorOf(() => variant(newModel(newStack(), props, 'other'), C7I))).toContain(
      'supports for real-time inference (ml.m5.large). Use one of these, or add it to `realtimeInstanceTypes` of ' +
        '`additionalInferenceSpecifications[0]` of Stack/Package',
    );
    expect(() => variant(newModel(newStack(), props), C7I)).not.toThrow();
  });

  test('in a transform job of the model of a ByoAlgorithm', () => {
    const { model } = newByoAlgorithm(newStack());
    expect(errorOf(() => transform(model as Model, M5))).toContain(
      'or add it to `transformInstanceTypes` of `inference` of Stack/Churn/Algorithm',
    );
    expect(() => transform(model as Model, M5_XLARGE, 'Supported')).not.toThrow();
  });

  test('in the validation profile of the model package', () => {
    const stack = newStack();
    const { model: _, ...options } = definition(newModel(stack), M5);
    const validationProfile = { profileName: 'smoke', transform: options };
    const create = (): unknown =>
      new ModelPackage(stack, 'Validated', { image: image(), inference: INFERENCE, validationProfile });
    expect(errorOf(create)).toContain(
      '`validationProfile`: `transform.resources`: ml.m5.large is not an instance type that model package Stack/Validated supports',
    );
  });
});

describe('An instance type is accepted', () => {
  const none = { ...INFERENCE, realtimeInstanceTypes: undefined, transformInstanceTypes: undefined };
  const unknown = (): InstanceType => InstanceType.of(new CfnParameter(newStack(), 'Type').valueAsString);

  test.each<[string, (stack: Stack) => Model, InstanceType]>([
    ['that the model package supports', (stack) => newModel(stack), M5_XLARGE],
    ['if the model package has no instance types', (stack) => newModel(stack, { inference: none }), M5],
    ['that is a token', (stack) => newModel(stack), unknown()],
    [
      'if a supported one is a token',
      (stack) =>
        newModel(stack, {
          inference: { ...INFERENCE, realtimeInstanceTypes: [unknown()], transformInstanceTypes: [unknown()] },
        }),
      M5,
    ],
    [
      'by an imported model package',
      (stack) =>
        modelOf(
          stack,
          ModelPackage.fromModelPackageArn(
            stack,
            'Imported',
            'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/1',
          ),
        ),
      M5,
    ],
  ])('%s', (_, model, type) => {
    const hosted = model(newStack());
    expect(() => variant(hosted, type)).not.toThrow();
    expect(() => transform(hosted, type)).not.toThrow();
  });

  test('by a released model package', () => {
    const stack = newStack();
    expect(() => variant(modelOf(stack, releasedVersion(stack)), M5)).not.toThrow();
  });
});
