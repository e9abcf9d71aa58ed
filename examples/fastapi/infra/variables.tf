variable "region" {
  description = "AWS region of everything here."
  type        = string
  default     = "us-east-1"
}

variable "github_repository" {
  description = "Repository whose workflows may deploy, as GitHub's tokens name it: owner/name, or owner@number/name@number."
  type        = string

  validation {
    condition     = can(regex("^[^/:@]+(@[0-9]+)?/[^/:@]+(@[0-9]+)?$", var.github_repository))
    error_message = "Give owner/name, or owner@number/name@number, without repo: before it."
  }
}

variable "domain_name" {
  description = "Name that the service is reached by, such as dyno.example.com."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of AWS Certificate Manager for domain_name, in the same region."
  type        = string
}
