import { ROOT, python, run } from './project';

test('The assertions about jobs work in Python, with matchers and captures, and an error shows the closest match', () => {
  const error = run(ROOT, python('python'), 'test/interop/assertions.py');
  expect(error).toContain('Template has 1 resources with type TrainingJob, but none match as expected.');
  expect(error).toContain('Expected 9 but received 8');
});
