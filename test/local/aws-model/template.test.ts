import {
  type Scope,
  type Template,
  conditionHolds,
  dependenciesOf,
  parseTemplate,
  referencesIn,
  resolve,
} from '../../../local/aws-model/template';

const TEMPLATE: Template = {
  Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
  Mappings: { Sizes: { small: { count: '1' } } },
  Resources: { Model: { Type: 'AWS::SageMaker::Model' }, Other: { Type: 'AWS::SageMaker::Model' } },
};
const SCOPE: Scope = {
  template: TEMPLATE,
  values: { 'AWS::Region': 'us-east-1', Name: 'churn' },
  ref: (logicalId) => `ref of ${logicalId}`,
  attribute: (logicalId, name) => `${name} of ${logicalId}`,
  importValue: (name) => `import of ${name}`,
  stackOutput: (stack, output) => `${output} of ${stack}`,
};

describe('An intrinsic function', () => {
  test.each<[unknown, unknown]>([
    [{ Ref: 'Name' }, 'churn'],
    [{ Ref: 'Model' }, 'ref of Model'],
    [{ 'Fn::GetAtt': ['Model', 'Arn'] }, 'Arn of Model'],
    [{ 'Fn::GetAtt': 'Model.A.B' }, 'A.B of Model'],
    [{ 'Fn::Sub': '${Name} ${Model.Arn} ${!Literal}' }, 'churn Arn of Model ${Literal}'],
    [{ 'Fn::Sub': ['${A}', { A: { Ref: 'Name' } }] }, 'churn'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }, { Ref: 'AWS::NoValue' }]] }, 'a-churn'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, 2] }, 2],
    [{ 'Fn::And': [true, { Condition: 'No' }] }, false],
    [{ 'Fn::Or': [false, { Condition: 'Yes' }] }, true],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'count'] }, '1'],
    [{ 'Fn::ImportValue': { Ref: 'Name' } }, 'import of churn'],
    [{ 'Fn::GetStackOutput': { StackName: 'Other', OutputName: { Ref: 'Name' } } }, 'churn of Other'],
    [
      { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Key', Region: { Ref: 'AWS::Region' } } },
      'Key of Other',
    ],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    [{ 'Fn::Length': [1, 2] }, 2],
    [{ 'Fn::ToJsonString': { a: { Ref: 'Name' } } }, '{"a":"churn"}'],
    [{ a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ])('%j resolves to %j', (value, expected) => {
    expect(resolve(value, SCOPE)).toEqual(expected);
  });

  test.each<[unknown, string]>([
    [{ 'Fn::Magic': 1 }, 'The local service does not support the function Fn::Magic'],
    [{ Ref: 'None' }, 'Unresolved resource dependencies [None]'],
    [{ 'Fn::GetAtt': 'None.Arn' }, 'Unresolved resource dependencies [None]'],
    [{ 'Fn::Select': [2, ['a']] }, 'Fn::Select cannot select index 2 of ["a"]'],
    [{ 'Fn::FindInMap': ['Sizes', 'large', 'count'] }, 'Unable to get mapping for Sizes::large::count'],
    [{ 'Fn::Join': ['', 'a'] }, 'expected a list, got: "a"'],
    [
      { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Key', Region: 'eu-west-1' } },
      'the local service does not have the region eu-west-1 of Fn::GetStackOutput',
    ],
    [
      { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Key', RoleArn: 'arn' } },
      'The local service does not support RoleArn of Fn::GetStackOutput',
    ],
    [{ 'Fn::Base64': ['a'] }, 'expected text, got: ["a"]'],
    [{ 'Fn::If': ['None', 1, 2] }, 'Unresolved condition dependency None'],
  ])('%j is an error: %s', (value, message) => {
    expect(() => resolve(value, SCOPE)).toThrow(`Template format error: ${message}`);
  });

  test('holds as a condition only if it resolves to true', () => {
    expect([conditionHolds('Yes', SCOPE), conditionHolds('No', SCOPE)]).toEqual([true, false]);
  });
});

describe('A template', () => {
  test('references resources by Ref, Fn::GetAtt and Fn::Sub', () => {
    const value = [{ Ref: 'Model' }, { Ref: 'Name' }, { 'Fn::Sub': '${Other.Arn} ${!Model}' }];
    expect(referencesIn(value, TEMPLATE)).toEqual(['Model', 'Other']);
    expect(referencesIn({ 'Fn::GetAtt': ['Other', 'Arn'] }, TEMPLATE)).toEqual(['Other']);
  });

  test('has the dependencies of its references and of DependsOn', () => {
    const Resources = {
      A: { Type: 'T', Properties: { P: { Ref: 'B' } }, DependsOn: 'C' },
      B: { Type: 'T', DependsOn: ['C'] },
      C: { Type: 'T' },
    };
    expect(Object.fromEntries(dependenciesOf({ Resources }))).toEqual({ A: ['C', 'B'], B: ['C'], C: [] });
  });

  test('must not have circular dependencies, or dependencies on resources that do not exist', () => {
    const circular = { A: { Type: 'T', DependsOn: 'B' }, B: { Type: 'T', DependsOn: 'A' } };
    expect(() => dependenciesOf({ Resources: circular })).toThrow('Circular dependency between resources: [A, B]');
    expect(() => dependenciesOf({ Resources: { A: { Type: 'T', DependsOn: 'Z' } } })).toThrow(
      'Unresolved resource dependencies [Z]',
    );
  });

  test('is YAML or JSON, with resources and known sections only', () => {
    expect(parseTemplate('Resources:\n  A:\n    Type: T\n')).toEqual({ Resources: { A: { Type: 'T' } } });
    expect(() => parseTemplate('{}')).toThrow('At least one Resources member must be defined.');
    expect(() => parseTemplate('{"Resources": {}, "Hooks": {}}')).toThrow('does not support the section Hooks');
    expect(() => parseTemplate('a: [')).toThrow('Template format error: ');
  });
});
