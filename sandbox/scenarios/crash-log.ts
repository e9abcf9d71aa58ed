/** What a container says that ends for want of a variable. */
export const crashLog: readonly string[] = [
  'INFO:     Started server process [1]',
  'INFO:     Waiting for application startup.',
  'Traceback (most recent call last):',
  '  File "/app/main.py", line 8, in <module>',
  '    connection = connect()',
  '  File "/app/db.py", line 12, in connect',
  '    raise RuntimeError("DATABASE_URL is not set")',
  'RuntimeError: DATABASE_URL is not set',
];
