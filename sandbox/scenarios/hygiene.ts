import type { Scenario } from './scenario.ts';

/** As repositories are before somebody reviews them: everything is copied, and secrets lie about. */
export const hygiene: Scenario = {
  name: 'hygiene',
  description: 'The repository itself has much to mend: it is told, folded, and the deploy goes well.',
  files: {
    Dockerfile: 'FROM scratch\nCOPY . /app\nCMD ["/app/dyno-agent"]\n',
    '.dockerignore': 'node_modules\n.env\n',
    '.gitignore': '__pycache__/\n',
    '.env': 'LOG_LEVEL=info\nOPENWEATHER_API_KEY=4f9c2e1b7d8a6035\n',
    'docs/setup.md': '# Setup\n',
    'infra/terraform.tfvars': 'region      = "us-east-1"\ndb_password = "k2$Vq9!mZr7p"\n',
    'infra/main.tf': [
      'resource "aws_db_instance" "dyno" {',
      '  identifier          = "dyno-agent"',
      '  engine              = "postgres"',
      '  instance_class      = "db.t3.micro"',
      '  allocated_storage   = 20',
      '  username            = "dyno"',
      '  password            = var.db_password',
      '  skip_final_snapshot = true',
      '}',
      '',
    ].join('\n'),
    'docker-compose.yml':
      'services:\n  db:\n    image: postgres:latest\n    environment:\n      POSTGRES_PASSWORD: postgres\n    ports: ["5432:5432"]\n',
    '.github/workflows/deploy.yml': [
      'name: Deploy',
      'on: push',
      'jobs:',
      '  deploy:',
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - uses: actions/checkout@v4',
      '      - uses: org/deploy-guard@v1',
      '        with:',
      '          service: dyno-agent-service',
      '',
    ].join('\n'),
  },
  expect: { result: 'succeeded' },
};
