import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { type Manifest, nameOf } from './manifest.js';
import { operatorSchemas } from './operator-schemas.js';

/** The packages with models of Kubernetes' own kinds, and of those operators' that have one. */
const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda/',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/',
};

interface Model {
  validate(): void;
}

/** The module of a kind's model; null: there is none. */
function moduleOf({ apiVersion, kind }: Manifest): string | null {
  if (operatorSchemas.some((schema) => isOf(schema, apiVersion, kind))) return null;
  const [group = ''] = apiVersion.split('/');
  return `${PACKAGES[group] ?? 'kubernetes-models/'}${apiVersion}/${kind}`;
}

/** What is wrong with values: too many, too few, of another type, not in their format. */
export async function wrongValues(manifests: readonly Manifest[]): Promise<string[]> {
  const complaints = await Promise.all(manifests.map(async (manifest) => [manifest, await wrongIn(manifest)] as const));
  return complaints.flatMap(([manifest, complaint]) =>
    complaint === null ? [] : [`${nameOf(manifest)}: ${complaint}`],
  );
}

async function wrongIn(manifest: Manifest): Promise<string | null> {
  const { apiVersion, kind } = manifest;
  const schema = operatorSchemas.find((candidate) => isOf(candidate, apiVersion, kind));
  if (schema) {
    const read = schema.safeParse(manifest);
    return read.success ? null : z.prettifyError(read.error);
  }
  try {
    const models = (await import(moduleOf(manifest) ?? '')) as Record<string, new (data: object) => Model>;
    const Kind = models[kind];
    if (!Kind) return 'there is no such kind';
    new Kind(manifest).validate();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Fields that a kind does not have, which Kubernetes itself would drop without a word. The compiler tells them: a literal
 * has no property that its type has not.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const typed = manifests.filter((manifest) => moduleOf(manifest) !== null);
  const lines = typed.map(
    (manifest, n) =>
      `import type { I${manifest.kind} as T${n} } from '${moduleOf(manifest)}'; export const m${n}: T${n} = ${JSON.stringify(manifest)};`,
  );
  const file = join(import.meta.dirname, 'every-manifest.ts');
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? lines.join('\n') : readFile(name));
  host.getSourceFile = (name, language, ...rest) =>
    name === file ? ts.createSourceFile(name, lines.join('\n'), language) : getSourceFile(name, language, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map((diagnostic) => {
    const line = ts.getLineAndCharacterOfPosition(program.getSourceFile(file) as ts.SourceFile, diagnostic.start ?? 0);
    const manifest = typed[line.line];
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    return `${manifest ? nameOf(manifest) : file}: ${message}`;
  });
}

function isOf(schema: z.ZodType, apiVersion: string, kind: string): boolean {
  const shape = (schema as z.ZodObject).shape as Record<'apiVersion' | 'kind', z.ZodLiteral>;
  return shape.apiVersion.value === apiVersion && shape.kind.value === kind;
}
