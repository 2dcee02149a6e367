import { type DataProcessing, inputOf, isPlain, resultOf } from '../../../local/container/data-processing';

describe('The data processing of a transform job', () => {
  test('passes records on as they are when nothing is said', () => {
    expect([isPlain({}), isPlain({ inputFilter: '$', outputFilter: '$', isJoined: false })]).toEqual([true, true]);
  });

  test.each([
    ['text/csv', '1,"a, b",3', '$[1:]', '"a, b",3'],
    ['text/csv; charset=utf-8', '1,2,3', '$[0,-1]', '1,3'],
    ['text/csv', '1,2,3', '$[0]', '1'],
    ['application/json', '{"id":1,"x":[1,2]}', '$.x', '[1,2]'],
    ['application/jsonlines', '{"id":1,"x":2,"y":3}', "$['id','y']", '{"id":1,"y":3}'],
  ])('gives the model of a record of %s what the filter finds', (type, record, inputFilter, input) => {
    expect(inputOf(record, { inputFilter }, type)).toBe(input);
  });

  test.each<[string, string, string, DataProcessing, string]>([
    ['text/csv', '1,2', '0.5', { isJoined: true }, '1,2,0.5'],
    ['text/csv', '1,2', '0.5', { isJoined: true, outputFilter: '$[0,-1]' }, '1,0.5'],
    ['application/json', '{"id":1}', '0.5', { isJoined: true }, '{"id":1,"SageMakerOutput":0.5}'],
    ['application/json', '[1]', '{"p":1}', { isJoined: true }, '{"SageMakerInput":[1],"SageMakerOutput":{"p":1}}'],
    ['application/json', '{"id":1}', '{"p":1,"q":2}', { outputFilter: '$.q' }, '2'],
  ])('makes a result of %s of a record and its answer', (type, record, answer, processing, result) => {
    expect(resultOf(record, answer, processing, type)).toBe(result);
  });

  test('says which filter finds nothing, and in what', () => {
    const filter = (): string => inputOf('{"id":1}', { inputFilter: '$.x' }, 'application/json');
    expect(filter).toThrow('The filter $.x finds nothing in {"id":1}.');
  });

  test('says that it needs CSV or JSON', () => {
    const filter = (): string => inputOf('<x/>', { inputFilter: '$.x' }, 'application/xml');
    expect(filter).toThrow('Filters and joins need CSV or JSON; this is neither: <x/>');
  });
});
