output "cluster" {
  description = "Input `cluster` of deploy-guard."
  value       = aws_ecs_cluster.this.name
}

output "service" {
  description = "Input `service` of deploy-guard."
  value       = aws_ecs_service.this.name
}

output "ecr_repository" {
  description = "Input `ecr-repository` of deploy-guard."
  value       = aws_ecr_repository.this.repository_url
}

output "deploy_role" {
  description = "Input `role-to-assume` of deploy-guard, for `mode: deploy` and `mode: rollback`."
  value       = aws_iam_role.github["deploy"].arn
}

output "check_role" {
  description = "Input `role-to-assume` of deploy-guard, for `mode: check`."
  value       = aws_iam_role.github["check"].arn
}

output "url" {
  description = "Where the service answers, once the DNS name points at the load balancer."
  value       = "https://${var.domain_name}"
}

output "load_balancer" {
  description = "What the DNS name has to point at."
  value       = aws_lb.this.dns_name
}

output "log_group" {
  description = "Where the tasks' output goes."
  value       = aws_cloudwatch_log_group.service.name
}

output "database" {
  description = "Where the database is, and as whom the service connects."
  value = {
    host = aws_db_instance.this.address
    port = aws_db_instance.this.port
    name = aws_db_instance.this.db_name
    user = aws_db_instance.this.username
  }
}

output "security_groups" {
  description = "Ids of the security groups, from the outside in."
  value = {
    load_balancer = aws_security_group.load_balancer.id
    service       = aws_security_group.service.id
    database      = aws_security_group.database.id
  }
}
