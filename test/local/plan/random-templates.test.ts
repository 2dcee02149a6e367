import * as fc from 'fast-check';
import { planOf, planReport } from '../../../local/plan';
import { assemblyOf } from './fixture';

const TYPES = [
  'Custom::SageMakerTrainingJob',
  'Custom::SageMakerTuningJob',
  'Custom::SageMakerAlgorithm',
  'AWS::SageMaker::ModelPackage',
  'AWS::SageMaker::ProcessingJob',
  'AWS::SageMaker::Endpoint',
  'AWS::SageMaker::EndpointConfig',
  'AWS::SageMaker::InferenceComponent',
  'AWS::SageMaker::Pipeline',
  'AWS::SageMaker::MonitoringSchedule',
  'AWS::SageMaker::Cluster',
  'AWS::StepFunctions::StateMachine',
  'AWS::Scheduler::Schedule',
  'AWS::Events::Rule',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::Lambda::Alias',
  'AWS::EC2::VPCEndpoint',
  'AWS::Logs::LogGroup',
  'AWS::CloudFormation::Stack',
];

const MEMBERS = [
  'Request',
  'ResourceConfig',
  'InstanceType',
  'InstanceCount',
  'InstanceGroups',
  'InstancePreferences',
  'TrainingJobDefinitions',
  'ValidationSpecification',
  'ValidationProfiles',
  'TrainingJobDefinition',
  'EndpointConfigName',
  'ProductionVariants',
  'ServerlessConfig',
  'DeploymentConfig',
  'RollingUpdatePolicy',
  'MaximumBatchSize',
  'DefinitionString',
  'States',
  'Branches',
  'Type',
  'Parameters',
  'Target',
  'Arn',
  'Targets',
  'PipelineDefinition',
  'Steps',
  'MonitoringScheduleConfig',
  'ScheduledActions',
  'ResourceId',
  'Ref',
  'Fn::GetAtt',
  'Fn::Join',
  'Fn::If',
  'Fn::Sub',
];

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom('A', 'A.Arn', 'IsProduction', 'Task', 'ml.m5.large', '{{A.B}}', '', 'AWS::NoValue', 'AWS::Region'),
    fc.constantFrom(0, 1, -1, 1e21, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), tie('value'), { maxKeys: 4 }),
    tie('value').map((one) => JSON.stringify(one)),
  ),
}));

const resource = fc.record(
  {
    Type: fc.constantFrom(...TYPES),
    Properties: fc.dictionary(fc.constantFrom(...MEMBERS), value, { maxKeys: 6 }),
    Condition: fc.constantFrom('IsProduction', 'Missing'),
    DeletionPolicy: fc.constantFrom('Retain', 'Delete'),
  },
  { requiredKeys: ['Type'] },
);

test('Every template has a plan, and each comparison of a template with itself has no changes', () => {
  const Conditions = { IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] } };
  const resources = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), resource, { maxKeys: 4 });
  fc.assert(
    fc.property(resources, (Resources) => {
      const directory = assemblyOf({ Parameters: { Stage: { Type: 'String' } }, Conditions, Resources });
      const plan = planOf(directory, directory);
      const items = plan.stacks.flatMap(({ runs, recurring, idle }) => [...runs, ...recurring, ...idle]);
      expect(items.filter(({ change }) => change !== 'unchanged')).toEqual([]);
      expect(planReport('text', plan)).toContain('Stack Stack');
      expect(JSON.parse(planReport('json', plan))).toEqual(plan);
    }),
    { numRuns: 1000 },
  );
});
