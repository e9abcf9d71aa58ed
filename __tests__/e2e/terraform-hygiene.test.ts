import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTION, deploy } from './deploy.ts';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

describe('Terraform, as dist/ reads it', () => {
  // ncc copies a file in two ways, one of which breaks all that is not text.
  it.each([
    ['web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'],
    ['tree-sitter-terraform.wasm', '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'],
  ])('with %s byte for byte', (name, source) => {
    expect(readFileSync(join(ACTION, 'dist', name)).equals(readFileSync(join(MODULES, source)))).toBe(true);
  });

  it('finds what is wrong with a service, with file and line', async () => {
    const { run } = await deploy({
      inputs: { mode: 'check', hygiene: 'warn' },
      files: {
        'infra/ecs.tf':
          '# The service\nresource "aws_ecs_service" "app" {\n  name          = "app"\n  desired_count = 2\n}\n',
      },
    });
    expect(run.outputs['result']).toBe('checked');
    expect(run.log).toContain('aws_ecs_service.app has no circuit breaker');
    expect(run.log).toContain('infra/ecs.tf:2');
    expect(run.log).not.toContain('DG099');
  });
});
