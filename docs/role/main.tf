# The role with which a workflow deploys (or checks, or rolls back), and GitHub as who proves the workflow's name. docs/getting-started.md says how
# to use this.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "github_subject" {
  description = "Which job may deploy, as GitHub's token names it: repo:OWNER/NAME:environment:production, repo:OWNER/NAME:ref:refs/heads/main for a job without an environment, or repo:OWNER/NAME:pull_request. A repository made or renamed since 15 July 2026 is OWNER@NUMBER/NAME@NUMBER there."
  type        = string
}

variable "region" {
  description = "Region of the repository and the service."
  type        = string
}

variable "ecr_repository" {
  description = "Name of the ECR repository."
  type        = string
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "service" {
  description = "Name of the ECS service."
  type        = string
}

variable "log_group" {
  description = "Log group of the service's containers."
  type        = string
}

variable "mode" {
  description = "What the role is for: deploy, check or rollback. A role for deploy may do all three."
  type        = string
  default     = "deploy"

  validation {
    condition     = contains(["deploy", "check", "rollback"], var.mode)
    error_message = "Set mode to deploy, check or rollback."
  }
}

variable "role_name" {
  description = "Name of the role that is made."
  type        = string
  default     = "deploy"
}

variable "create_provider" {
  description = "Whether to tell the account about GitHub. false where it knows it already: an account has one such provider."
  type        = bool
  default     = true
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  github    = "token.actions.githubusercontent.com"

  # The policies of docs/iam.md.
  policies = {
    deploy = {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "LogIn"
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*"
        },
        {
          Sid    = "Image"
          Effect = "Allow"
          Action = [
            "ecr:DescribeRepositories",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchCheckLayerAvailability",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid    = "Deploy"
          Effect = "Allow"
          Action = [
            "ecs:DescribeServices",
            "ecs:UpdateService",
          ]
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}"
        },
        {
          Sid      = "OptionalCluster"
          Effect   = "Allow"
          Action   = "ecs:DescribeClusters"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
        },
        {
          Sid      = "OptionalTaskDefinition"
          Effect   = "Allow"
          Action   = "ecs:DescribeTaskDefinition"
          Resource = "*"
        },
        {
          Sid    = "OptionalServiceDeployments"
          Effect = "Allow"
          Action = [
            "ecs:ListServiceDeployments",
            "ecs:DescribeServiceDeployments",
            "ecs:DescribeServiceRevisions",
          ]
          Resource = [
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}",
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service-deployment/${var.cluster}/${var.service}/*",
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service-revision/${var.cluster}/${var.service}/*",
          ]
        },
        {
          Sid      = "OptionalTasks"
          Effect   = "Allow"
          Action   = "ecs:DescribeTasks"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:task/${var.cluster}/*"
        },
        {
          Sid    = "OptionalLists"
          Effect = "Allow"
          Action = [
            "ecs:ListTasks",
            "ecs:ListServices",
          ]
          Resource = "*"
          Condition = {
            ArnEquals = {
              "ecs:cluster" = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
            }
          }
        },
        {
          Sid      = "OptionalLogs"
          Effect   = "Allow"
          Action   = "logs:GetLogEvents"
          Resource = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:${var.log_group}:log-stream:*"
        },
        {
          Sid      = "OptionalNames"
          Effect   = "Allow"
          Action   = "ecs:ListClusters"
          Resource = "*"
        },
        {
          Sid    = "OptionalImageLooks"
          Effect = "Allow"
          Action = [
            "ecr:DescribeImages",
            "ecr:GetLifecyclePolicy",
            "ecr:DescribeImageScanFindings",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid    = "OptionalTaskLooks"
          Effect = "Allow"
          Action = [
            "logs:DescribeLogGroups",
            "ssm:DescribeParameters",
          ]
          Resource = "*"
        },
        {
          Sid      = "OptionalSecretLooks"
          Effect   = "Allow"
          Action   = "secretsmanager:DescribeSecret"
          Resource = "arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:*"
        },
        {
          Sid      = "OptionalSimulation"
          Effect   = "Allow"
          Action   = "iam:SimulatePrincipalPolicy"
          Resource = "arn:${local.partition}:iam::${local.account}:role/${var.role_name}"
        },
      ]
    }
    check = {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "LogIn"
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*"
        },
        {
          Sid    = "Image"
          Effect = "Allow"
          Action = [
            "ecr:DescribeRepositories",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchCheckLayerAvailability",
            "ecr:InitiateLayerUpload",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid      = "Services"
          Effect   = "Allow"
          Action   = "ecs:DescribeServices"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}"
        },
        {
          Sid      = "OptionalCluster"
          Effect   = "Allow"
          Action   = "ecs:DescribeClusters"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
        },
        {
          Sid      = "OptionalTaskDefinition"
          Effect   = "Allow"
          Action   = "ecs:DescribeTaskDefinition"
          Resource = "*"
        },
        {
          Sid    = "OptionalDeploymentInProgress"
          Effect = "Allow"
          Action = "ecs:DescribeServiceRevisions"
          Resource = [
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}",
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service-revision/${var.cluster}/${var.service}/*",
          ]
        },
        {
          Sid      = "OptionalLists"
          Effect   = "Allow"
          Action   = "ecs:ListServices"
          Resource = "*"
          Condition = {
            ArnEquals = {
              "ecs:cluster" = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
            }
          }
        },
        {
          Sid      = "OptionalNames"
          Effect   = "Allow"
          Action   = "ecs:ListClusters"
          Resource = "*"
        },
        {
          Sid    = "OptionalImageLooks"
          Effect = "Allow"
          Action = [
            "ecr:DescribeImages",
            "ecr:GetLifecyclePolicy",
            "ecr:DescribeImageScanFindings",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid    = "OptionalTaskLooks"
          Effect = "Allow"
          Action = [
            "logs:DescribeLogGroups",
            "ssm:DescribeParameters",
          ]
          Resource = "*"
        },
        {
          Sid      = "OptionalSecretLooks"
          Effect   = "Allow"
          Action   = "secretsmanager:DescribeSecret"
          Resource = "arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:*"
        },
        {
          Sid      = "OptionalSimulation"
          Effect   = "Allow"
          Action   = "iam:SimulatePrincipalPolicy"
          Resource = "arn:${local.partition}:iam::${local.account}:role/${var.role_name}"
        },
      ]
    }
    rollback = {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "LogIn"
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*"
        },
        {
          Sid    = "Image"
          Effect = "Allow"
          Action = [
            "ecr:DescribeRepositories",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:PutImage",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid    = "Deploy"
          Effect = "Allow"
          Action = [
            "ecs:DescribeServices",
            "ecs:UpdateService",
          ]
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}"
        },
        {
          Sid      = "TaskDefinition"
          Effect   = "Allow"
          Action   = "ecs:DescribeTaskDefinition"
          Resource = "*"
        },
        {
          Sid    = "History"
          Effect = "Allow"
          Action = [
            "ecs:ListServiceDeployments",
            "ecs:DescribeServiceRevisions",
          ]
          Resource = [
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}",
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service-revision/${var.cluster}/${var.service}/*",
          ]
        },
        {
          Sid    = "OptionalServiceDeployments"
          Effect = "Allow"
          Action = "ecs:DescribeServiceDeployments"
          Resource = [
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service/${var.cluster}/${var.service}",
            "arn:${local.partition}:ecs:${var.region}:${local.account}:service-deployment/${var.cluster}/${var.service}/*",
          ]
        },
        {
          Sid      = "OptionalTasks"
          Effect   = "Allow"
          Action   = "ecs:DescribeTasks"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:task/${var.cluster}/*"
        },
        {
          Sid    = "OptionalLists"
          Effect = "Allow"
          Action = [
            "ecs:ListTasks",
            "ecs:ListServices",
          ]
          Resource = "*"
          Condition = {
            ArnEquals = {
              "ecs:cluster" = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
            }
          }
        },
        {
          Sid      = "OptionalCluster"
          Effect   = "Allow"
          Action   = "ecs:DescribeClusters"
          Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:cluster/${var.cluster}"
        },
        {
          Sid      = "OptionalLogs"
          Effect   = "Allow"
          Action   = "logs:GetLogEvents"
          Resource = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:${var.log_group}:log-stream:*"
        },
        {
          Sid      = "OptionalNames"
          Effect   = "Allow"
          Action   = "ecs:ListClusters"
          Resource = "*"
        },
        {
          Sid    = "OptionalImageLooks"
          Effect = "Allow"
          Action = [
            "ecr:DescribeImages",
            "ecr:GetLifecyclePolicy",
            "ecr:DescribeImageScanFindings",
          ]
          Resource = "arn:${local.partition}:ecr:${var.region}:${local.account}:repository/${var.ecr_repository}"
        },
        {
          Sid    = "OptionalTaskLooks"
          Effect = "Allow"
          Action = [
            "logs:DescribeLogGroups",
            "ssm:DescribeParameters",
          ]
          Resource = "*"
        },
        {
          Sid      = "OptionalSecretLooks"
          Effect   = "Allow"
          Action   = "secretsmanager:DescribeSecret"
          Resource = "arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:*"
        },
      ]
    }
  }
  # end
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/${local.github}"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.github}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.github}:sub"
      values   = [var.github_subject]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = var.role_name
  assume_role_policy = data.aws_iam_policy_document.trust.json

  # IAM takes no role for a provider that it does not know yet.
  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "deploy" {
  name   = "deploy"
  role   = aws_iam_role.deploy.id
  policy = jsonencode(local.policies[var.mode])
}

output "role_arn" {
  description = "For the input role-to-assume."
  value       = aws_iam_role.deploy.arn
}
