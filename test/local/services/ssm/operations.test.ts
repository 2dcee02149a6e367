import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

const client = (): SSMClient => service.client(SSMClient);

function put(Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}): Promise<object> {
  return client().send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
}

const get = (Name: string): Promise<object> => client().send(new GetParameterCommand({ Name }));

describe('Parameter Store', () => {
  test('returns the value of a parameter by its name or ARN, with a version that each change increments', async () => {
    await put('/a', '1');
    expect(await put('/a', '2', { Overwrite: true, Type: undefined })).toMatchObject({ Version: 2, Tier: 'Standard' });
    const ARN = 'arn:aws:ssm:us-east-1:000000000000:parameter/a';
    const expected = { Name: '/a', Type: 'String', Value: '2', Version: 2, ARN, DataType: 'text' };
    expect(await get('/a')).toMatchObject({ Parameter: expected });
    expect(await get(ARN)).toMatchObject({ Parameter: expected });
  });

  test('overwrites a parameter only if the request specifies Overwrite', async () => {
    await put('/a', '1');
    await expect(put('/a', '2')).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
      message:
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    });
    expect(await get('/a')).toMatchObject({ Parameter: { Value: '1' } });
  });

  test('fails for a parameter that does not exist, and lists it as invalid among others', async () => {
    await put('/a', '1');
    await expect(get('/b')).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(client().send(new DeleteParameterCommand({ Name: '/b' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    expect(await client().send(new GetParametersCommand({ Names: ['/a', '/b'] }))).toMatchObject({
      Parameters: [{ Name: '/a' }],
      InvalidParameters: ['/b'],
    });
  });

  test('returns at most 10 parameters for a request', async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/p${index}`);
    await expect(client().send(new GetParametersCommand({ Names }))).rejects.toThrow('between 1 and 10, got: 11');
    await expect(client().send(new GetParametersByPathCommand({ Path: '/', MaxResults: 11 }))).rejects.toThrow(
      'between 1 and 10, got: 11',
    );
  });

  test('deletes a parameter', async () => {
    await put('/a', '1');
    await client().send(new DeleteParameterCommand({ Name: '/a' }));
    await expect(get('/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('returns the parameters of one level of a path, or of all levels, in pages', async () => {
    for (const name of ['/app/a', '/app/b', '/app/deep/c', '/apple']) await put(name, '1');
    const namesOf = async (input: object): Promise<(string | undefined)[]> => {
      const { Parameters = [] } = await client().send(new GetParametersByPathCommand({ Path: '/app', ...input }));
      return Parameters.map(({ Name }) => Name);
    };
    expect(await namesOf({})).toEqual(['/app/a', '/app/b']);
    expect(await namesOf({ Recursive: true })).toEqual(['/app/a', '/app/b', '/app/deep/c']);
    expect(await namesOf({ MaxResults: 1 })).toEqual(['/app/a']);
  });

  test('describes the parameters that match a filter, without their values', async () => {
    for (const name of ['/app/a', '/other']) await put(name, '1', { Description: 'One' });
    const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/app'] }];
    const { Parameters } = await client().send(new DescribeParametersCommand({ ParameterFilters }));
    expect(Parameters).toMatchObject([{ Name: '/app/a', Type: 'String', Version: 1, Description: 'One' }]);
    expect(Parameters?.[0]).not.toHaveProperty('Value');
  });

  test.each<[string, Partial<PutParameterCommandInput>, string]>([
    ['no type', { Type: undefined }, 'A parameter type is required when you create a parameter.'],
    ['an encrypted value', { Type: 'SecureString' }, 'does not support parameters of the type SecureString.'],
    ['a name without the first slash', { Name: 'a/b' }, 'Parameter name must be a fully qualified name.'],
    ['a reserved name', { Name: '/aws/x' }, 'can\'t be prefixed with "aws" or "ssm"'],
    ['an empty value', { Value: '' }, 'Member must have length greater than or equal to 1'],
    ['a value that is too long', { Value: 'x'.repeat(4097) }, 'Member must have length less than or equal to 4096'],
    ['a value that does not match its pattern', { AllowedPattern: '\\d+' }, 'does not match the allowed pattern: \\d+'],
    ['a policy', { Policies: '[]' }, 'The local service does not support Policies of PutParameter.'],
    ['tags and Overwrite', { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }, "can't be used together"],
  ])('rejects a parameter with %s', async (_, input, message) => {
    await expect(put('/a', 'none', input)).rejects.toThrow(message);
    await expect(get('/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('does not change the type of a parameter', async () => {
    await put('/a', '1');
    await expect(put('/a', '1', { Type: 'StringList', Overwrite: true })).rejects.toMatchObject({
      name: 'HierarchyTypeMismatchException',
    });
  });

  test('rejects the selector of a version, of which only the newest one is kept', async () => {
    await put('/a', '1');
    await expect(get('/a:1')).rejects.toThrow('does not support versions and labels of parameters, got: /a:1');
  });
});
