/** Arguments and nested blocks of the resources that are looked at, in hashicorp/aws 6.25.0, and older ones' in 3 to 5. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  aws_db_instance:
    'allocated_storage allow_major_version_upgrade apply_immediately auto_minor_version_upgrade availability_zone backup_retention_period backup_target backup_window blue_green_update ca_cert_identifier character_set_name copy_tags_to_snapshot custom_iam_instance_profile customer_owned_ip_enabled database_insights_mode db_name db_subnet_group_name dedicated_log_volume delete_automated_backups deletion_protection domain domain_auth_secret_arn domain_dns_ips domain_fqdn domain_iam_role_name domain_ou enabled_cloudwatch_logs_exports engine engine_lifecycle_support engine_version final_snapshot_identifier iam_database_authentication_enabled id identifier identifier_prefix instance_class iops kms_key_id license_model maintenance_window manage_master_user_password master_user_secret_kms_key_id max_allocated_storage monitoring_interval monitoring_role_arn multi_az name nchar_character_set_name network_type option_group_name parameter_group_name password password_wo password_wo_version performance_insights_enabled performance_insights_kms_key_id performance_insights_retention_period port publicly_accessible region replica_mode replicate_source_db restore_to_point_in_time s3_import security_group_names skip_final_snapshot snapshot_identifier storage_encrypted storage_throughput storage_type tags tags_all timeouts timezone upgrade_storage_config username vpc_security_group_ids',
  aws_rds_cluster:
    'allocated_storage allow_major_version_upgrade apply_immediately availability_zones backtrack_window backup_retention_period ca_certificate_identifier cluster_identifier cluster_identifier_prefix cluster_members cluster_scalability_type copy_tags_to_snapshot database_insights_mode database_name db_cluster_instance_class db_cluster_parameter_group_name db_instance_parameter_group_name db_subnet_group_name db_system_id delete_automated_backups deletion_protection domain domain_iam_role_name enable_global_write_forwarding enable_http_endpoint enable_local_write_forwarding enabled_cloudwatch_logs_exports engine engine_lifecycle_support engine_mode engine_version final_snapshot_identifier global_cluster_identifier iam_database_authentication_enabled iam_roles id iops kms_key_id manage_master_user_password master_password master_password_wo master_password_wo_version master_user_secret_kms_key_id master_username monitoring_interval monitoring_role_arn network_type performance_insights_enabled performance_insights_kms_key_id performance_insights_retention_period port preferred_backup_window preferred_maintenance_window region replication_source_identifier restore_to_point_in_time s3_import scaling_configuration serverlessv2_scaling_configuration skip_final_snapshot snapshot_identifier source_region storage_encrypted storage_type tags tags_all timeouts vpc_security_group_ids',
  aws_ecs_service:
    'alarms availability_zone_rebalancing capacity_provider_strategy cluster deployment_circuit_breaker deployment_configuration deployment_controller deployment_maximum_percent deployment_minimum_healthy_percent desired_count enable_ecs_managed_tags enable_execute_command force_delete force_new_deployment health_check_grace_period_seconds iam_role id launch_type load_balancer name network_configuration ordered_placement_strategy placement_constraints placement_strategy platform_version propagate_tags region scheduling_strategy service_connect_configuration service_registries sigint_rollback tags tags_all task_definition timeouts triggers volume_configuration vpc_lattice_configurations wait_for_steady_state',
  aws_ecr_repository:
    'encryption_configuration force_delete id image_scanning_configuration image_tag_mutability image_tag_mutability_exclusion_filter name region tags tags_all timeouts',
  aws_lb_target_group:
    'connection_termination deregistration_delay health_check id ip_address_type lambda_multi_value_headers_enabled load_balancing_algorithm_type load_balancing_anomaly_mitigation load_balancing_cross_zone_enabled name name_prefix port preserve_client_ip protocol protocol_version proxy_protocol_v2 region slow_start stickiness tags tags_all target_control_port target_failover target_group_health target_health_state target_type vpc_id',
};

const META_ARGUMENTS = 'count for_each provider depends_on lifecycle connection provisioner dynamic';

/** What a resource calls that which its siblings have under another name. */
const SIBLINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_db_instance: {
    preferred_maintenance_window: 'maintenance_window',
    preferred_backup_window: 'backup_window',
    master_username: 'username',
    master_password: 'password',
    master_password_wo: 'password_wo',
    database_name: 'db_name',
    db_parameter_group_name: 'parameter_group_name',
    ca_certificate_identifier: 'ca_cert_identifier',
    availability_zones: 'availability_zone',
    cluster_identifier: 'identifier',
    security_groups: 'vpc_security_group_ids',
    security_group_ids: 'vpc_security_group_ids',
    subnet_group_name: 'db_subnet_group_name',
    encrypted: 'storage_encrypted',
    backup_retention_days: 'backup_retention_period',
    snapshot_retention_limit: 'backup_retention_period',
  },
  aws_rds_cluster: {
    maintenance_window: 'preferred_maintenance_window',
    backup_window: 'preferred_backup_window',
    username: 'master_username',
    password: 'master_password',
    password_wo: 'master_password_wo',
    db_name: 'database_name',
    identifier: 'cluster_identifier',
    parameter_group_name: 'db_cluster_parameter_group_name',
    ca_cert_identifier: 'ca_certificate_identifier',
    availability_zone: 'availability_zones',
    encrypted: 'storage_encrypted',
  },
  aws_ecs_service: {
    cluster_id: 'cluster',
    cluster_arn: 'cluster',
    task_definition_arn: 'task_definition',
    health_check_grace_period: 'health_check_grace_period_seconds',
    minimum_healthy_percent: 'deployment_minimum_healthy_percent',
    maximum_percent: 'deployment_maximum_percent',
    desired_capacity: 'desired_count',
  },
  aws_ecr_repository: {
    repository_name: 'name',
    tag_mutability: 'image_tag_mutability',
    scan_on_push: 'image_scanning_configuration',
  },
  aws_lb_target_group: {
    deregistration_delay_seconds: 'deregistration_delay',
    deregistration_delay_timeout_seconds: 'deregistration_delay',
    health_check_path: 'health_check',
    vpc: 'vpc_id',
  },
};

/** The types whose arguments are known. */
export const KNOWN_TYPES = [...Object.keys(ARGUMENTS), 'aws_alb_target_group'];

const canonical = (type: string) => (type === 'aws_alb_target_group' ? 'aws_lb_target_group' : type);

/** The names that a type of resource takes: https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs */
export function argumentsOf(type: string): readonly string[] {
  return `${ARGUMENTS[canonical(type)] ?? ''} ${META_ARGUMENTS}`.trim().split(' ');
}

/** What a resource calls an argument that only its siblings have; undefined where it is none of theirs. */
export function ownNameOf(type: string, name: string): string | undefined {
  const names = SIBLINGS[canonical(type)];
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined;
}
