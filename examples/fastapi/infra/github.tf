# Lets workflows of the repository in without a key. One for an account: import it where there is one already.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  # Which jobs may assume which role, by the subject of their token.
  github_subjects = {
    deploy = "repo:${var.github_repository}:environment:production"
    check  = "repo:${var.github_repository}:pull_request"
  }

  arn_prefix = "${var.region}:${data.aws_caller_identity.current.account_id}"
  revisions = [
    aws_ecs_service.this.id,
    "arn:aws:ecs:${local.arn_prefix}:service-deployment/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}/*",
    "arn:aws:ecs:${local.arn_prefix}:service-revision/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}/*",
  ]
}

data "aws_iam_policy_document" "github" {
  for_each = local.github_subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.github_subjects

  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.github[each.key].json
}

# What both do: look, and begin an upload. docs/iam.md of deploy-guard says what each action is for.
data "aws_iam_policy_document" "check" {
  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:DescribeImageScanFindings",
      "ecr:DescribeImages",
      "ecr:DescribeRepositories",
      "ecr:GetDownloadUrlForLayer",
      "ecr:GetLifecyclePolicy",
      "ecr:InitiateLayerUpload",
    ]
    resources = [aws_ecr_repository.this.arn]
  }

  statement {
    actions   = ["ecs:DescribeClusters"]
    resources = [aws_ecs_cluster.this.arn]
  }

  statement {
    actions   = ["ecs:DescribeServices"]
    resources = [aws_ecs_service.this.id]
  }

  statement {
    actions   = ["ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:ListServiceDeployments"]
    resources = local.revisions
  }

  statement {
    actions   = ["ecs:ListServices"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.this.arn]
    }
  }

  # Names and dates, and no value.
  statement {
    actions   = ["secretsmanager:DescribeSecret"]
    resources = [aws_secretsmanager_secret.database_password.arn]
  }

  # AWS lets nobody hold these to a resource.
  statement {
    actions   = ["ecs:DescribeTaskDefinition", "ecs:ListClusters", "logs:DescribeLogGroups"]
    resources = ["*"]
  }

  # Asks IAM what the role may do, so that a missing permission shows before the build. It changes nothing.
  statement {
    actions   = ["iam:SimulatePrincipalPolicy"]
    resources = [for role in aws_iam_role.github : role.arn]
  }
}

# What a deploy does besides: push, start the rollout or undo it, and run the migrations as a task.
data "aws_iam_policy_document" "deploy" {
  source_policy_documents = [data.aws_iam_policy_document.check.json]

  statement {
    actions   = ["ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
    resources = [aws_ecr_repository.this.arn]
  }

  statement {
    actions   = ["ecs:UpdateService"]
    resources = [aws_ecs_service.this.id]
  }

  statement {
    actions   = ["ecs:StopServiceDeployment"]
    resources = local.revisions
  }

  statement {
    actions   = ["ecs:RunTask"]
    resources = ["${aws_ecs_task_definition.service.arn_without_revision}:*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.this.arn]
    }
  }

  statement {
    actions   = ["ecs:DescribeTasks", "ecs:StopTask"]
    resources = ["arn:aws:ecs:${local.arn_prefix}:task/${aws_ecs_cluster.this.name}/*"]
  }

  statement {
    actions   = ["ecs:RegisterTaskDefinition"]
    resources = ["${aws_ecs_task_definition.service.arn_without_revision}:*"]
  }

  # AWS lets nobody hold this to a resource.
  statement {
    actions   = ["ecs:DeregisterTaskDefinition"]
    resources = ["*"]
  }

  # The revision for the migration keeps the tags of the one that it is made of.
  statement {
    actions   = ["ecs:TagResource"]
    resources = ["${aws_ecs_task_definition.service.arn_without_revision}:*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RegisterTaskDefinition"]
    }
  }

  statement {
    actions   = ["ecs:ListTasks"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.this.arn]
    }
  }

  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    actions   = ["logs:GetLogEvents"]
    resources = ["${aws_cloudwatch_log_group.service.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "github" {
  for_each = {
    check  = data.aws_iam_policy_document.check.json
    deploy = data.aws_iam_policy_document.deploy.json
  }

  name   = each.key
  role   = aws_iam_role.github[each.key].id
  policy = each.value
}
