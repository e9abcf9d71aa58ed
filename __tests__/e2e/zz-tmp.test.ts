import { it } from 'vitest';
import { deploy } from './deploy.ts';
it('x', async () => {
  for (const scenario of (process.env['SC'] ?? '').split(',')) for (const denied of [[], ['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions']]) {
  const t = performance.now();
  const { run } = await deploy({ scenario, speed: 30, sandbox: { denied } });
  console.log(scenario, denied.length, (performance.now() - t) / 1000, run.outputs['result'], run.outputs['failure-code'], run.outputs['failure-reason']);
  }
});
