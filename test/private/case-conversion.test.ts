import { inApiCase } from '../../lib/private/case-conversion';

describe('The conversion of member names to those of the API', () => {
  test('capitalizes the names in structures and lists', () => {
    expect(inApiCase({ transformInput: { dataSource: { s3Uri: 'a' } }, items: [{ name: 'b' }] })).toEqual({
      TransformInput: { DataSource: { S3Uri: 'a' } },
      Items: [{ Name: 'b' }],
    });
  });

  test('uses the names of the API that differ in more than the first letter', () => {
    expect(inApiCase({ supportedResponseMimeTypes: ['text/csv'] })).toEqual({
      SupportedResponseMIMETypes: ['text/csv'],
    });
  });

  test('does not change the names of environment variables', () => {
    expect(inApiCase({ environment: { log_level: 'debug' } })).toEqual({ Environment: { log_level: 'debug' } });
  });

  test('does not change values', () => {
    expect(inApiCase({ a: null, b: undefined, c: 0, d: false, e: 'text' })).toEqual({
      A: null,
      B: undefined,
      C: 0,
      D: false,
      E: 'text',
    });
  });
});
