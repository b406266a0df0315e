-- Sign-ins that were begun are sealed cookies (app/auth/attempts.server.ts). The sweep of the version before still looks at the
-- table for expired rows: until the deployment is through, that one step of it fails and is done again.
DROP TABLE `sign_in_attempts`;
