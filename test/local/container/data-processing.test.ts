import { type DataProcessing, inputOf, isPlain, resultOf } from '../../../local/container/data-processing';

describe('The data processing of a transform job', () => {
  test('passes records and predictions on unchanged by default', () => {
    expect([isPlain({}), isPlain({ inputFilter: '$', outputFilter: '$', isJoined: false })]).toEqual([true, true]);
  });

  test.each([
    ['text/csv', '1,"a, b",3', '$[1:]', '"a, b",3'],
    ['text/csv; charset=utf-8', '1,2,3', '$[0,-1]', '1,3'],
    ['text/csv', '1,2,3', '$[0]', '1'],
    ['application/json', '{"id":1,"x":[1,2]}', '$.x', '[1,2]'],
    ['application/jsonlines', '{"id":1,"x":2,"y":3}', "$['id','y']", '{"id":1,"y":3}'],
  ])('of a record of %s sends the part of %s that the filter %s matches: %s', (type, record, inputFilter, input) => {
    expect(inputOf(record, { inputFilter }, type)).toBe(input);
  });

  test.each<[string, string, string, DataProcessing, string]>([
    ['text/csv', '1,2', '0.5', { isJoined: true }, '1,2,0.5'],
    ['text/csv', '1,2', '0.5', { isJoined: true, outputFilter: '$[0,-1]' }, '1,0.5'],
    ['application/json', '{"id":1}', '0.5', { isJoined: true }, '{"id":1,"SageMakerOutput":0.5}'],
    ['application/json', '[1]', '{"p":1}', { isJoined: true }, '{"SageMakerInput":[1],"SageMakerOutput":{"p":1}}'],
    ['application/json', '{"id":1}', '{"p":1,"q":2}', { outputFilter: '$.q' }, '2'],
  ])(
    'with records of %s joins and filters the record %s and its prediction %s',
    (type, record, answer, processing, result) => {
      expect(resultOf(record, answer, processing, type)).toBe(result);
    },
  );

  test('reports a filter that matches nothing, with the record', () => {
    const filter = (): string => inputOf('{"id":1}', { inputFilter: '$.x' }, 'application/json');
    expect(filter).toThrow('The filter $.x matches nothing in {"id":1}.');
  });

  test('reports a record that is neither CSV nor JSON', () => {
    const filter = (): string => inputOf('<x/>', { inputFilter: '$.x' }, 'application/xml');
    expect(filter).toThrow('Filters and joins need a record in CSV or JSON, got: <x/>');
  });
});
