import type { AwsProblem } from '../../aws/refusal.ts';

/** What to do about what stands between this job and a service of AWS; undefined where nothing is known of it. */
export function remedyOf({ obstacle, message }: AwsProblem, service: string): string | undefined {
  switch (obstacle) {
    case 'certificate':
      return /expired|not valid yet/.test(message)
        ? `Renew the certificate of the proxy or the endpoint that stands in for ${service}, and check the clock of this machine.`
        : `Give Node the authority that has signed it, in the job: \`env: NODE_EXTRA_CA_CERTS: /path/to/ca.pem\`. Where nobody's own certificate is expected, something else answers for ${service}: check \`http-proxy\` and \`AWS_ENDPOINT_URL\`.`;
    case 'no-tls':
      return `Something that speaks no https answers for ${service}: check the port in \`http-proxy\` and \`AWS_ENDPOINT_URL\`.`;
    case 'no-way':
      return `Check \`aws-region\` (a region that does not exist has no address), the proxy (\`http-proxy\`, \`no-proxy\`) and, in a private network, the VPC endpoint for ${service}.`;
    case 'not-aws':
      return `Something between this job and AWS answers in the place of ${service}: check \`http-proxy\`, \`no-proxy\` and \`AWS_ENDPOINT_URL\`; then run the job again.`;
    case undefined:
      return undefined;
  }
}
