terraform {
  # Write-only arguments keep the database's password out of the state.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.8"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # terraform init -backend-config="bucket=…" -backend-config="region=…"
  backend "s3" {
    key          = "dyno-agent/production.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = local.name
      Environment = "production"
    }
  }
}

data "aws_caller_identity" "current" {}

locals {
  name = "dyno-agent"
}
