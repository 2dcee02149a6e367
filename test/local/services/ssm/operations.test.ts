import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Context } from '../../../../local/services/context';
import { ParameterStore, ssm } from '../../../../local/services/ssm';
import { FakeEngine } from '../../fake-engine';

let call: (operation: string, input: object) => unknown;

beforeEach(() => {
  const directory = mkdtempSync(path.join(tmpdir(), 'ssm-'));
  const context = new Context(directory, 'us-east-1', new FakeEngine(), () => '');
  const { api } = ssm(context, new ParameterStore(context));
  if (api?.protocol !== 'json') throw new Error('Systems Manager has a JSON protocol.');
  const { operations } = api;
  call = (operation, input) => operations[operation](input as never);
});

describe('Parameter Store', () => {
  test('returns the value of a parameter, with a version that each change increments', () => {
    call('PutParameter', { Name: '/a', Value: '1', Type: 'String' });
    expect(call('PutParameter', { Name: '/a', Value: '2', Overwrite: true })).toEqual({ Version: 2 });
    expect(call('GetParameter', { Name: '/a' })).toMatchObject({ Parameter: { Value: '2', Version: 2 } });
  });

  test('overwrites a parameter only if the request specifies Overwrite', () => {
    call('PutParameter', { Name: '/a', Value: '1' });
    expect(() => call('PutParameter', { Name: '/a', Value: '2' })).toThrow('The parameter already exists.');
  });

  test('fails for a parameter that does not exist, and lists it as invalid among others', () => {
    call('PutParameter', { Name: '/a', Value: '1' });
    expect(() => call('GetParameter', { Name: '/b' })).toThrow('Parameter /b not found.');
    expect(() => call('DeleteParameter', { Name: '/b' })).toThrow('Parameter /b not found.');
    expect(call('GetParameters', { Names: ['/a', '/b'] })).toMatchObject({
      Parameters: [{ Name: '/a' }],
      InvalidParameters: ['/b'],
    });
  });
});
