import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/*.snapshot/',
      'dist/',
      'cdk.out/',
      'coverage/',
      'node_modules/',
      '.venv/',
      '.cache/',
      'test/fixtures/',
      // Templates, which the tests compile after their placeholders are filled
      'assets/starters/project/',
      '**/cdk.out/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './local/console/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      complexity: ['error', 15],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    // The code of the handlers must not become part of the construct library, which only imports their types and refers to their files.
    files: ['lib/**/*.ts'],
    ignores: ['lib/handlers/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/handlers/**'], allowTypeImports: true, message: 'Import types only from a handler.' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'benchmarks/**/*.ts'],
    plugins: { jest },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect*', 'Template.**', 'Annotations.**', 'requests*.**', 'fc.assert'] },
      ],
      'max-lines-per-function': 'off',
      'max-lines': 'off',
    },
  },
  // Tables: one constant per instance type, and one entry per rule.
  { files: ['lib/common/instance-type.ts'], rules: { 'max-lines': 'off' } },
  { files: ['scripts/**', 'benchmarks/**', 'local/cli/**', 'bin/byoa.ts'], rules: { 'no-console': 'off' } },
);
