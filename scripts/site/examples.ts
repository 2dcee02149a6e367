/** The examples of the API in all languages, which jsii-rosetta has translated. */
import { LanguageTablet, TargetLanguage } from 'jsii-rosetta';
import type { Key } from './languages';

/** The translations of the example of a type, by the name of the type. */
export type Examples = ReadonlyMap<string, Partial<Record<Key, string>>>;

const TARGETS: Readonly<Record<Exclude<Key, 'typescript'>, TargetLanguage>> = {
  python: TargetLanguage.PYTHON,
  java: TargetLanguage.JAVA,
  csharp: TargetLanguage.CSHARP,
  go: TargetLanguage.GO,
};

/** @param tablet the file in which jsii-rosetta keeps translations */
export async function readExamples(tablet: string): Promise<Examples> {
  const { translatedSnippets } = await LanguageTablet.fromFile(tablet);
  const examples = new Map<string, Partial<Record<Key, string>>>();
  for (const translated of translatedSnippets) {
    const { api } = translated.snippet.location;
    if (api.api !== 'type') continue;
    const sources: Partial<Record<Key, string>> = { typescript: translated.originalSource.source };
    for (const [key, target] of Object.entries(TARGETS)) sources[key as Key] = translated.get(target)?.source;
    examples.set(api.fqn, sources);
  }
  return examples;
}
