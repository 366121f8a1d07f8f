export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      crm_appointments: {
        Row: {
          created_at: string
          debut: string
          fin: string
          id: string
          lead_id: string | null
          lieu: string
          motif: string
          statut: string
          titre: string
        }
        Insert: {
          created_at?: string
          debut: string
          fin: string
          id?: string
          lead_id?: string | null
          lieu?: string
          motif?: string
          statut?: string
          titre: string
        }
        Update: {
          created_at?: string
          debut?: string
          fin?: string
          id?: string
          lead_id?: string | null
          lieu?: string
          motif?: string
          statut?: string
          titre?: string
        }
        Relationships: [
          {
            foreignKeyName: "crm_appointments_lead_id_fkey"
            columns: ["lead_id"]
            referencedRelation: "crm_leads"
            referencedColumns: ["id"]
          },
        ]
      }
      crm_files: {
        Row: {
          contenu: string
          created_at: string
          id: string
          lead_id: string | null
          nom: string
          taille: number
          type_mime: string
        }
        Insert: {
          contenu: string
          created_at?: string
          id?: string
          lead_id?: string | null
          nom: string
          taille: number
          type_mime?: string
        }
        Update: {
          contenu?: string
          created_at?: string
          id?: string
          lead_id?: string | null
          nom?: string
          taille?: number
          type_mime?: string
        }
        Relationships: [
          {
            foreignKeyName: "crm_files_lead_id_fkey"
            columns: ["lead_id"]
            referencedRelation: "crm_leads"
            referencedColumns: ["id"]
          },
        ]
      }
      crm_leads: {
        Row: {
          created_at: string
          email: string
          id: string
          nom: string
          prenom: string
          statut: string
          telephone: string
        }
        Insert: {
          created_at?: string
          email?: string
          id?: string
          nom: string
          prenom?: string
          statut?: string
          telephone?: string
        }
        Update: {
          created_at?: string
          email?: string
          id?: string
          nom?: string
          prenom?: string
          statut?: string
          telephone?: string
        }
        Relationships: []
      }
      playground_inboxes: {
        Row: {
          behaviour: string
          created_at: string
          id: string
          listened_at: string | null
          listener: string | null
          name: string
        }
        Insert: {
          behaviour?: string
          created_at?: string
          id?: string
          listened_at?: string | null
          listener?: string | null
          name: string
        }
        Update: {
          behaviour?: string
          created_at?: string
          id?: string
          listened_at?: string | null
          listener?: string | null
          name?: string
        }
        Relationships: []
      }
      playground_requests: {
        Row: {
          answered_after_ms: number
          answered_status: number
          attempt: number
          body: string
          delivery_id: string | null
          event_type: string | null
          headers: NonNullable<Json>
          id: string
          inbox_id: string
          method: string
          query: string
          received_at: string
          seed_signature: string
          standard_signature: string
          webhook_id: string | null
        }
        Insert: {
          answered_after_ms?: number
          answered_status: number
          attempt?: number
          body: string
          delivery_id?: string | null
          event_type?: string | null
          headers: NonNullable<Json>
          id?: string
          inbox_id: string
          method: string
          query?: string
          received_at?: string
          seed_signature: string
          standard_signature: string
          webhook_id?: string | null
        }
        Update: {
          answered_after_ms?: number
          answered_status?: number
          attempt?: number
          body?: string
          delivery_id?: string | null
          event_type?: string | null
          headers?: NonNullable<Json>
          id?: string
          inbox_id?: string
          method?: string
          query?: string
          received_at?: string
          seed_signature?: string
          standard_signature?: string
          webhook_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "playground_requests_inbox_id_fkey"
            columns: ["inbox_id"]
            referencedRelation: "playground_inboxes"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_alert_messages: {
        Row: {
          alert_id: string
          told_at: string
          webhook_id: string
        }
        Insert: {
          alert_id: string
          told_at?: string
          webhook_id: string
        }
        Update: {
          alert_id?: string
          told_at?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_attempts: {
        Row: {
          attempt: number
          console: Json | null
          delivery_id: string
          duration_ms: number
          error_kind: string | null
          error_message: string | null
          request_body: string | null
          request_format: string | null
          request_headers: Json | null
          request_url: string | null
          response_body: string | null
          response_headers: Json | null
          response_status: number | null
          response_truncated: boolean
          started_at: string
          succeeded: boolean
          webhook_id: string
        }
        Insert: {
          attempt: number
          console?: Json | null
          delivery_id: string
          duration_ms: number
          error_kind?: string | null
          error_message?: string | null
          request_body?: string | null
          request_format?: string | null
          request_headers?: Json | null
          request_url?: string | null
          response_body?: string | null
          response_headers?: Json | null
          response_status?: number | null
          response_truncated?: boolean
          started_at: string
          succeeded: boolean
          webhook_id: string
        }
        Update: {
          attempt?: number
          console?: Json | null
          delivery_id?: string
          duration_ms?: number
          error_kind?: string | null
          error_message?: string | null
          request_body?: string | null
          request_format?: string | null
          request_headers?: Json | null
          request_url?: string | null
          response_body?: string | null
          response_headers?: Json | null
          response_status?: number | null
          response_truncated?: boolean
          started_at?: string
          succeeded?: boolean
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_audit_log: {
        Row: {
          about_token: string | null
          action: string
          address: string | null
          at: string
          counts: Json | null
          id: string
          record_digest: string | null
          token_id: string | null
          user_id: string | null
          webhook_id: string | null
        }
        Insert: {
          about_token?: string | null
          action: string
          address?: string | null
          at?: string
          counts?: Json | null
          id?: string
          record_digest?: string | null
          token_id?: string | null
          user_id?: string | null
          webhook_id?: string | null
        }
        Update: {
          about_token?: string | null
          action?: string
          address?: string | null
          at?: string
          counts?: Json | null
          id?: string
          record_digest?: string | null
          token_id?: string | null
          user_id?: string | null
          webhook_id?: string | null
        }
        Relationships: []
      }
      webhook_chores: {
        Row: {
          chore: string
          error: string | null
          every: string
          last_failure_at: string | null
          last_success_at: string | null
        }
        Insert: {
          chore: string
          error?: string | null
          every: string
          last_failure_at?: string | null
          last_success_at?: string | null
        }
        Update: {
          chore?: string
          error?: string | null
          every?: string
          last_failure_at?: string | null
          last_success_at?: string | null
        }
        Relationships: []
      }
      webhook_event_types: {
        Row: {
          created_at: string
          deprecated_at: string | null
          descriptions: NonNullable<Json>
          kind: string
          label_paths: string[]
          labels: NonNullable<Json>
          name: string
          sample: Json | null
          schema: Json | null
          schema_mode: string
          source: unknown
          updated_at: string
        }
        Insert: {
          created_at?: string
          deprecated_at?: string | null
          descriptions?: NonNullable<Json>
          kind?: never
          label_paths?: string[]
          labels?: NonNullable<Json>
          name: string
          sample?: Json | null
          schema?: Json | null
          schema_mode?: string
          source?: unknown
          updated_at?: string
        }
        Update: {
          created_at?: string
          deprecated_at?: string | null
          descriptions?: NonNullable<Json>
          kind?: never
          label_paths?: string[]
          labels?: NonNullable<Json>
          name?: string
          sample?: Json | null
          schema?: Json | null
          schema_mode?: string
          source?: unknown
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_event_types_source_fkey"
            columns: ["source"]
            referencedRelation: "webhook_sources"
            referencedColumns: ["relation"]
          },
        ]
      }
      webhook_event_words: {
        Row: {
          event_id: string
          words: unknown
        }
        Insert: {
          event_id: string
          words: unknown
        }
        Update: {
          event_id?: string
          words?: unknown
        }
        Relationships: []
      }
      webhook_events: {
        Row: {
          deliveries: number
          erased_at: string | null
          event_type: string
          id: string
          left_out: number
          occurred_at: string
          origin: string | null
          origin_webhook: string | null
          payload: NonNullable<Json>
          record_label: string | null
          sequence: number | null
          traceparent: string | null
          triggered_by: string | null
        }
        Insert: {
          deliveries?: number
          erased_at?: string | null
          event_type: string
          id?: string
          left_out?: number
          occurred_at?: string
          origin?: string | null
          origin_webhook?: string | null
          payload: NonNullable<Json>
          record_label?: string | null
          sequence?: number | null
          traceparent?: string | null
          triggered_by?: string | null
        }
        Update: {
          deliveries?: number
          erased_at?: string | null
          event_type?: string
          id?: string
          left_out?: number
          occurred_at?: string
          origin?: string | null
          origin_webhook?: string | null
          payload?: NonNullable<Json>
          record_label?: string | null
          sequence?: number | null
          traceparent?: string | null
          triggered_by?: string | null
        }
        Relationships: []
      }
      webhook_failure_causes: {
        Row: {
          cause: NonNullable<Json>
          cure: NonNullable<Json>
          name: string
          title: NonNullable<Json>
        }
        Insert: {
          cause: NonNullable<Json>
          cure: NonNullable<Json>
          name: string
          title: NonNullable<Json>
        }
        Update: {
          cause?: NonNullable<Json>
          cure?: NonNullable<Json>
          name?: string
          title?: NonNullable<Json>
        }
        Relationships: []
      }
      webhook_health: {
        Row: {
          failing_since: string
          failures: number
          last_error_kind: string | null
          last_failed_at: string
          last_status_code: number | null
          outages: number
          paused_until: string | null
          pauses: number
          webhook_id: string
        }
        Insert: {
          failing_since?: string
          failures: number
          last_error_kind?: string | null
          last_failed_at?: string
          last_status_code?: number | null
          outages?: number
          paused_until?: string | null
          pauses?: number
          webhook_id: string
        }
        Update: {
          failing_since?: string
          failures?: number
          last_error_kind?: string | null
          last_failed_at?: string
          last_status_code?: number | null
          outages?: number
          paused_until?: string | null
          pauses?: number
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_history: {
        Row: {
          attempt_count: number
          created_at: string
          event_id: string
          event_type: string
          fence: number
          finished_at: string
          id: string
          is_test: boolean
          last_duration_ms: number | null
          last_error: string | null
          last_error_kind: string | null
          last_status_code: number | null
          merged: string[] | null
          retry_count: number
          status: string
          webhook_id: string
        }
        Insert: {
          attempt_count: number
          created_at: string
          event_id: string
          event_type: string
          fence: number
          finished_at?: string
          id: string
          is_test: boolean
          last_duration_ms?: number | null
          last_error?: string | null
          last_error_kind?: string | null
          last_status_code?: number | null
          merged?: string[] | null
          retry_count: number
          status: string
          webhook_id: string
        }
        Update: {
          attempt_count?: number
          created_at?: string
          event_id?: string
          event_type?: string
          fence?: number
          finished_at?: string
          id?: string
          is_test?: boolean
          last_duration_ms?: number | null
          last_error?: string | null
          last_error_kind?: string | null
          last_status_code?: number | null
          merged?: string[] | null
          retry_count?: number
          status?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_holds: {
        Row: {
          held_until: string
          slots: number
          status_code: number
          webhook_id: string
        }
        Insert: {
          held_until: string
          slots?: number
          status_code: number
          webhook_id: string
        }
        Update: {
          held_until?: string
          slots?: number
          status_code?: number
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_idempotency_keys: {
        Row: {
          created_at: string
          digest: string | null
          event_id: string
          key: string
          owner: string
        }
        Insert: {
          created_at?: string
          digest?: string | null
          event_id: string
          key: string
          owner?: string
        }
        Update: {
          created_at?: string
          digest?: string | null
          event_id?: string
          key?: string
          owner?: string
        }
        Relationships: []
      }
      webhook_jobs: {
        Row: {
          created_at: string
          created_by: string | null
          done: number
          error: string | null
          failures: number
          finished_at: string | null
          id: string
          kind: string
          params: NonNullable<Json>
          state: string
          total: number | null
          updated_at: string
          webhook_id: string | null
          count_job_deliveries: number | null
        }
        Insert: {
          created_at?: string
          created_by?: string | null
          done?: number
          error?: string | null
          failures?: number
          finished_at?: string | null
          id?: string
          kind: string
          params?: NonNullable<Json>
          state?: string
          total?: number | null
          updated_at?: string
          webhook_id?: string | null
        }
        Update: {
          created_at?: string
          created_by?: string | null
          done?: number
          error?: string | null
          failures?: number
          finished_at?: string | null
          id?: string
          kind?: string
          params?: NonNullable<Json>
          state?: string
          total?: number | null
          updated_at?: string
          webhook_id?: string | null
        }
        Relationships: []
      }
      webhook_late_deliveries: {
        Row: {
          delivery_id: string
          event_id: string
          webhook_id: string
        }
        Insert: {
          delivery_id: string
          event_id: string
          webhook_id: string
        }
        Update: {
          delivery_id?: string
          event_id?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_marks: {
        Row: {
          claimed_due: string
          claimed_id: string
          span: string
          webhook_id: string
        }
        Insert: {
          claimed_due: string
          claimed_id: string
          span?: string
          webhook_id: string
        }
        Update: {
          claimed_due?: string
          claimed_id?: string
          span?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_order_notes: {
        Row: {
          id: string
          record_id: string | null
          webhook_id: string
        }
        Insert: {
          id?: string
          record_id?: string | null
          webhook_id: string
        }
        Update: {
          id?: string
          record_id?: string | null
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_pace: {
        Row: {
          next_at: string
          webhook_id: string
        }
        Insert: {
          next_at?: string
          webhook_id: string
        }
        Update: {
          next_at?: string
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_pace_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhook_gates"
            referencedColumns: ["webhook_id"]
          },
          {
            foreignKeyName: "webhook_pace_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhooks"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_queue: {
        Row: {
          attempt_count: number
          created_at: string
          due_at: string
          event_id: string
          event_type: string
          fence: number
          id: string
          is_test: boolean
          lane: number | null
          last_duration_ms: number | null
          last_error: string | null
          last_error_kind: string | null
          last_status_code: number | null
          locked_until: string | null
          merged: string[] | null
          payload_bytes: number
          record_id: string | null
          retry_count: number
          sequence: number | null
          turn: number | null
          webhook_id: string
          worker: string | null
        }
        Insert: {
          attempt_count?: number
          created_at?: string
          due_at?: string
          event_id: string
          event_type: string
          fence?: number
          id?: string
          is_test?: boolean
          lane?: never
          last_duration_ms?: number | null
          last_error?: string | null
          last_error_kind?: string | null
          last_status_code?: number | null
          locked_until?: string | null
          merged?: string[] | null
          payload_bytes?: number
          record_id?: string | null
          retry_count?: number
          sequence?: number | null
          turn?: number | null
          webhook_id: string
          worker?: string | null
        }
        Update: {
          attempt_count?: number
          created_at?: string
          due_at?: string
          event_id?: string
          event_type?: string
          fence?: number
          id?: string
          is_test?: boolean
          lane?: never
          last_duration_ms?: number | null
          last_error?: string | null
          last_error_kind?: string | null
          last_status_code?: number | null
          locked_until?: string | null
          merged?: string[] | null
          payload_bytes?: number
          record_id?: string | null
          retry_count?: number
          sequence?: number | null
          turn?: number | null
          webhook_id?: string
          worker?: string | null
        }
        Relationships: []
      }
      webhook_record_states: {
        Row: {
          delivered_at: string
          delivery_id: string
          record_id: string
          sequence: number
          webhook_id: string
        }
        Insert: {
          delivered_at?: string
          delivery_id: string
          record_id: string
          sequence: number
          webhook_id: string
        }
        Update: {
          delivered_at?: string
          delivery_id?: string
          record_id?: string
          sequence?: number
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_roles: {
        Row: {
          created_at: string
          role: string
          user_id: string
        }
        Insert: {
          created_at?: string
          role: string
          user_id: string
        }
        Update: {
          created_at?: string
          role?: string
          user_id?: string
        }
        Relationships: []
      }
      webhook_row_events: {
        Row: {
          event_id: string
          event_type: string
          record_id: string
        }
        Insert: {
          event_id: string
          event_type: string
          record_id: string
        }
        Update: {
          event_id?: string
          event_type?: string
          record_id?: string
        }
        Relationships: []
      }
      webhook_script_drafts: {
        Row: {
          different: number
          failed: number
          id: string
          last_run_at: string | null
          same: number
          saved_at: string
          saved_by: string | null
          script: string
          webhook_id: string
        }
        Insert: {
          different?: number
          failed?: number
          id?: string
          last_run_at?: string | null
          same?: number
          saved_at?: string
          saved_by?: string | null
          script: string
          webhook_id: string
        }
        Update: {
          different?: number
          failed?: number
          id?: string
          last_run_at?: string | null
          same?: number
          saved_at?: string
          saved_by?: string | null
          script?: string
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_script_drafts_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhook_gates"
            referencedColumns: ["webhook_id"]
          },
          {
            foreignKeyName: "webhook_script_drafts_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhooks"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_script_versions: {
        Row: {
          id: string
          saved_at: string | null
          saved_by: string | null
          script: string
          webhook_id: string
        }
        Insert: {
          id?: string
          saved_at?: string | null
          saved_by?: string | null
          script: string
          webhook_id: string
        }
        Update: {
          id?: string
          saved_at?: string | null
          saved_by?: string | null
          script?: string
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_script_versions_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhook_gates"
            referencedColumns: ["webhook_id"]
          },
          {
            foreignKeyName: "webhook_script_versions_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhooks"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_secrets: {
        Row: {
          previous_expires_at: string | null
          previous_signing_secret: string | null
          secret_key: string
          signing_secret: string
          webhook_id: string
        }
        Insert: {
          previous_expires_at?: string | null
          previous_signing_secret?: string | null
          secret_key?: string
          signing_secret?: string
          webhook_id: string
        }
        Update: {
          previous_expires_at?: string | null
          previous_signing_secret?: string | null
          secret_key?: string
          signing_secret?: string
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_secrets_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhook_gates"
            referencedColumns: ["webhook_id"]
          },
          {
            foreignKeyName: "webhook_secrets_webhook_id_fkey"
            columns: ["webhook_id"]
            referencedRelation: "webhooks"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_shadow_examples: {
        Row: {
          draft: string | null
          draft_error: string | null
          draft_id: string
          event_id: string
          event_type: string
          id: string
          live: string | null
          live_error: string | null
          outcome: string
          seen_at: string
        }
        Insert: {
          draft?: string | null
          draft_error?: string | null
          draft_id: string
          event_id: string
          event_type: string
          id?: string
          live?: string | null
          live_error?: string | null
          outcome: string
          seen_at?: string
        }
        Update: {
          draft?: string | null
          draft_error?: string | null
          draft_id?: string
          event_id?: string
          event_type?: string
          id?: string
          live?: string | null
          live_error?: string | null
          outcome?: string
          seen_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_shadow_examples_draft_id_fkey"
            columns: ["draft_id"]
            referencedRelation: "webhook_script_drafts"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_source_rules: {
        Row: {
          changed: string | null
          changed_to: string | null
          columns: string[] | null
          event_type: string
          fields: Json | null
          instead: boolean
          operation: string
          place: number
          relation: unknown
        }
        Insert: {
          changed?: string | null
          changed_to?: string | null
          columns?: string[] | null
          event_type: string
          fields?: Json | null
          instead?: boolean
          operation: string
          place: number
          relation: unknown
        }
        Update: {
          changed?: string | null
          changed_to?: string | null
          columns?: string[] | null
          event_type?: string
          fields?: Json | null
          instead?: boolean
          operation?: string
          place?: number
          relation?: unknown
        }
        Relationships: [
          {
            foreignKeyName: "webhook_source_rules_event_type_fkey"
            columns: ["event_type"]
            referencedRelation: "webhook_event_types"
            referencedColumns: ["name"]
          },
          {
            foreignKeyName: "webhook_source_rules_relation_fkey"
            columns: ["relation"]
            referencedRelation: "webhook_sources"
            referencedColumns: ["relation"]
          },
        ]
      }
      webhook_sources: {
        Row: {
          attached_at: string
          erases: boolean
          error: string | null
          failed_at: string | null
          ignore: string[]
          iso_times: boolean
          kind: string
          label: string[]
          queries: Json | null
          relation: unknown
          shape: string | null
          webhook_source_label: string | null
          webhook_source_update: string | null
        }
        Insert: {
          attached_at?: string
          erases?: boolean
          error?: string | null
          failed_at?: string | null
          ignore?: string[]
          iso_times?: boolean
          kind: string
          label?: string[]
          queries?: Json | null
          relation: unknown
          shape?: string | null
        }
        Update: {
          attached_at?: string
          erases?: boolean
          error?: string | null
          failed_at?: string | null
          ignore?: string[]
          iso_times?: boolean
          kind?: string
          label?: string[]
          queries?: Json | null
          relation?: unknown
          shape?: string | null
        }
        Relationships: []
      }
      webhook_stats_hourly: {
        Row: {
          duration_ms_sum: number
          errors_4xx: number
          errors_5xx: number
          errors_network: number
          errors_timeout: number
          errors_transform: number
          failed: number
          hour: string
          latency_histogram: number[]
          retried: number
          skipped: number
          stripe: number
          succeeded: number
          webhook_id: string
        }
        Insert: {
          duration_ms_sum?: number
          errors_4xx?: number
          errors_5xx?: number
          errors_network?: number
          errors_timeout?: number
          errors_transform?: number
          failed?: number
          hour: string
          latency_histogram: number[]
          retried?: number
          skipped?: number
          stripe?: number
          succeeded?: number
          webhook_id: string
        }
        Update: {
          duration_ms_sum?: number
          errors_4xx?: number
          errors_5xx?: number
          errors_network?: number
          errors_timeout?: number
          errors_transform?: number
          failed?: number
          hour?: string
          latency_histogram?: number[]
          retried?: number
          skipped?: number
          stripe?: number
          succeeded?: number
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_stopped_records: {
        Row: {
          delivery_id: string
          record_id: string
          stopped_at: string
          webhook_id: string
        }
        Insert: {
          delivery_id: string
          record_id: string
          stopped_at?: string
          webhook_id: string
        }
        Update: {
          delivery_id?: string
          record_id?: string
          stopped_at?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_tokens: {
        Row: {
          created_at: string
          created_by: string | null
          expires_at: string | null
          id: string
          last_used_at: string | null
          name: string
          prefix: string
          revoked_at: string | null
          scope: string
          sha256: string
        }
        Insert: {
          created_at?: string
          created_by?: string | null
          expires_at?: string | null
          id?: string
          last_used_at?: string | null
          name: string
          prefix: string
          revoked_at?: string | null
          scope: string
          sha256: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          expires_at?: string | null
          id?: string
          last_used_at?: string | null
          name?: string
          prefix?: string
          revoked_at?: string | null
          scope?: string
          sha256?: string
        }
        Relationships: []
      }
      webhook_troubles: {
        Row: {
          condition: string
          ended_at: string | null
          last_at: string
          since: string
          webhook_id: string
        }
        Insert: {
          condition: string
          ended_at?: string | null
          last_at?: string
          since?: string
          webhook_id: string
        }
        Update: {
          condition?: string
          ended_at?: string | null
          last_at?: string
          since?: string
          webhook_id?: string
        }
        Relationships: []
      }
      webhook_workers: {
        Row: {
          behind: Database["public"]["CompositeTypes"]["webhook_queue_place"][]
          floor: string
          floor_seen_at: string | null
          floor_took: string | null
          last_exchange_at: string
          last_settled_at: string | null
          worker: string
        }
        Insert: {
          behind?: Database["public"]["CompositeTypes"]["webhook_queue_place"][]
          floor?: string
          floor_seen_at?: string | null
          floor_took?: string | null
          last_exchange_at?: string
          last_settled_at?: string | null
          worker: string
        }
        Update: {
          behind?: Database["public"]["CompositeTypes"]["webhook_queue_place"][]
          floor?: string
          floor_seen_at?: string | null
          floor_took?: string | null
          last_exchange_at?: string
          last_settled_at?: string | null
          worker?: string
        }
        Relationships: []
      }
      webhooks: {
        Row: {
          alert: Json | null
          body_format: string
          cancel_before: string | null
          coalesce_seconds: number
          condition_path: unknown
          conditions: NonNullable<Json>
          created_at: string
          created_by: string | null
          deleted_at: string | null
          description: string
          disabled_reason: string | null
          events: string[]
          headers: NonNullable<Json>
          id: string
          max_in_flight: number
          max_retries: number
          name: string
          order_waits: boolean
          ordered: boolean
          rate_limit: number | null
          retry_delay: number
          retry_enabled: boolean
          retry_refusals: boolean
          search_text: string | null
          seed_signature_enabled: boolean
          skip_own_changes: boolean
          slug: string
          stale_retries: string
          status: string
          timeout_ms: number
          transform_enabled: boolean
          transform_script: string
          updated_at: string
          url: string
        }
        Insert: {
          alert?: Json | null
          body_format?: string
          cancel_before?: string | null
          coalesce_seconds?: number
          condition_path?: never
          conditions?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string
          disabled_reason?: string | null
          events: string[]
          headers?: NonNullable<Json>
          id?: string
          max_in_flight?: number
          max_retries?: number
          name: string
          order_waits?: boolean
          ordered?: boolean
          rate_limit?: number | null
          retry_delay?: number
          retry_enabled?: boolean
          retry_refusals?: boolean
          search_text?: never
          seed_signature_enabled?: boolean
          skip_own_changes?: boolean
          slug?: string
          stale_retries?: string
          status?: string
          timeout_ms?: number
          transform_enabled?: boolean
          transform_script?: string
          updated_at?: string
          url: string
        }
        Update: {
          alert?: Json | null
          body_format?: string
          cancel_before?: string | null
          coalesce_seconds?: number
          condition_path?: never
          conditions?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string
          disabled_reason?: string | null
          events?: string[]
          headers?: NonNullable<Json>
          id?: string
          max_in_flight?: number
          max_retries?: number
          name?: string
          order_waits?: boolean
          ordered?: boolean
          rate_limit?: number | null
          retry_delay?: number
          retry_enabled?: boolean
          retry_refusals?: boolean
          search_text?: never
          seed_signature_enabled?: boolean
          skip_own_changes?: boolean
          slug?: string
          stale_retries?: string
          status?: string
          timeout_ms?: number
          transform_enabled?: boolean
          transform_script?: string
          updated_at?: string
          url?: string
        }
        Relationships: []
      }
    }
    Views: {
      webhook_deliveries: {
        Row: {
          attempt_count: number | null
          created_at: string | null
          event_id: string | null
          event_type: string | null
          finished_at: string | null
          follows: string | null
          id: string | null
          in_flight: boolean | null
          is_test: boolean | null
          last_duration_ms: number | null
          last_error: string | null
          last_error_kind: string | null
          last_status_code: number | null
          merged: string[] | null
          next_attempt_at: string | null
          payload_text: string | null
          record_id: string | null
          record_label: string | null
          retry_count: number | null
          status: string | null
          waits_for: string | null
          webhook_id: string | null
        }
        Relationships: []
      }
      webhook_gates: {
        Row: {
          cancel_before: string | null
          claimed_due: string | null
          claimed_id: string | null
          closed: string | null
          lease: string | null
          max_in_flight: number | null
          next_at: string | null
          opens_at: string | null
          probe_lane: number | null
          rate_limit: number | null
          slots: number | null
          webhook_id: string | null
        }
        Relationships: []
      }
      webhook_receiver_health: {
        Row: {
          failing_since: string | null
          failures: number | null
          held_status: number | null
          held_until: string | null
          last_error_kind: string | null
          last_status_code: number | null
          paused_until: string | null
          webhook_id: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      activate_webhook: {
        Args: { waiting?: string; webhook_id: string }
        Returns: undefined
      }
      add_erasure_counts: {
        Args: { added: Json; erasure: string }
        Returns: Json
      }
      attach_webhook_source: {
        Args: {
          erases?: boolean
          ignore?: string[]
          iso_times?: boolean
          kind: string
          label?: string[]
          relation: unknown
          rules?: Json
        }
        Returns: string[]
      }
      backfill_webhook: {
        Args: { dry_run?: boolean; kind: string; webhook_id: string }
        Returns: Json
      }
      begin_webhook_trouble: {
        Args: {
          condition: string
          delivery?: string
          success_rate?: number
          target: string
        }
        Returns: undefined
      }
      belonging_records: {
        Args: { event_ids: string[]; records: string[] }
        Returns: string[]
      }
      bury_webhook: { Args: { target: string }; Returns: undefined }
      cancel_waiting_deliveries: { Args: { webhook_id: string }; Returns: Json }
      cancel_webhook_deliveries: {
        Args: { delivery_ids: string[] }
        Returns: Json
      }
      claim_webhook_deliveries: {
        Args: {
          after_webhook?: string
          max_items: number
          max_payload?: number
          worker: string
        }
        Returns: Json
      }
      coalesce_webhook_deliveries: {
        Args: { event_ids: string[] }
        Returns: undefined
      }
      count_failed_deliveries: {
        Args: {
          code_below?: number
          code_from?: number
          kinds?: string[]
          since: string
          target?: string
          type?: string
          until?: string
        }
        Returns: Json
      }
      count_failures: {
        Args: {
          code_below: number
          code_from: number
          kinds: string[]
          most: number
          since: string
          target: string
          type: string
          until: string
        }
        Returns: number
      }
      count_job_deliveries: {
        Args: { job: Database["public"]["Tables"]["webhook_jobs"]["Row"] }
        Returns: number
      }
      count_matching_events: {
        Args: {
          below: string
          from_id: string
          patience: string
          target: string
          types: string[]
        }
        Returns: {
          event_type: string
          n: number
        }[]
      }
      count_untold_rows: {
        Args: {
          below: string
          event_type: string
          from_id: string
          relation: unknown
        }
        Returns: number
      }
      count_webhook_outcomes: {
        Args: { below: string; from_id: string; target: string }
        Returns: {
          event_type: string
          n: number
          status: string
        }[]
      }
      create_test_delivery: {
        Args: {
          event_type: string
          payload: Json
          webhook_id: string
          worker: string
        }
        Returns: Json
      }
      crm_file_content: { Args: { id: string }; Returns: Json }
      delete_crm_file: { Args: { id: string }; Returns: Json }
      delete_webhook: { Args: { webhook_id: string }; Returns: Json }
      detach_source_triggers: {
        Args: { relation: unknown }
        Returns: undefined
      }
      detach_webhook_source: { Args: { relation: unknown }; Returns: boolean }
      disable_failing_webhooks: {
        Args: Record<PropertyKey, never>
        Returns: number
      }
      discard_webhook_script_draft: {
        Args: { draft_id: string; webhook_id: string }
        Returns: undefined
      }
      drop_webhook_partition: { Args: { keep_days: number }; Returns: boolean }
      due_webhook_chores: { Args: Record<PropertyKey, never>; Returns: Json }
      emit_and_claim_webhook_deliveries: {
        Args: {
          after_webhook: string
          events: string[]
          max_items: number
          max_payload: number
          patience_ms: number
          person: Json
          worker: string
        }
        Returns: string
      }
      emit_webhook_event: {
        Args: { event_type: string; idempotency_key?: string; payload: Json }
        Returns: Json
      }
      emit_webhook_events: { Args: { events: Json }; Returns: Json }
      emit_webhook_events_each: {
        Args: { events: string[]; patience_ms?: number }
        Returns: Json
      }
      end_orphaned_deliveries: { Args: { max_rows: number }; Returns: number }
      end_queued_deliveries: {
        Args: {
          delivery_ids: string[]
          error_kind: string
          error_message: string
        }
        Returns: string[]
      }
      end_webhook_troubles: {
        Args: { conditions: string[]; target: string }
        Returns: undefined
      }
      erase_as_indexed: { Args: { event_ids: string[] }; Returns: undefined }
      erase_records: { Args: { records: string[] }; Returns: Json }
      erase_webhook_events: { Args: { event_ids: string[] }; Returns: Json }
      erase_webhook_record: { Args: { record_id: string }; Returns: Json }
      exchange_webhook_deliveries: {
        Args: {
          after_webhook?: string
          max_items: number
          max_payload?: number
          patience_ms?: number
          results: string
          worker: string
        }
        Returns: string
      }
      failing_webhook_delivery: { Args: { target: string }; Returns: string }
      find_event_ids: {
        Args: { below: string; from_id: string; most: number; query: unknown }
        Returns: string[]
      }
      find_recent_record_events: {
        Args: { below: string; most: number; records: string[] }
        Returns: string[]
      }
      find_record_events: {
        Args: {
          below: string
          from_id: string
          most: number
          records: string[]
        }
        Returns: string[]
      }
      find_webhook_rows: { Args: { record_id: string }; Returns: Json }
      fold_statistics: { Args: { max_rows: number }; Returns: number }
      forget_late_deliveries: { Args: { max_rows: number }; Returns: number }
      forget_row_events: { Args: { max_rows: number }; Returns: number }
      forget_shadow_examples: { Args: { max_rows: number }; Returns: number }
      forget_webhook_listeners: { Args: { max_rows: number }; Returns: number }
      get_webhook_event: { Args: { event_id: string }; Returns: Json }
      give_webhook_turns: {
        Args: {
          after_webhook: string
          behind: Database["public"]["CompositeTypes"]["webhook_queue_place"][]
          floor: string
        }
        Returns: number
      }
      grant_webhook_role: {
        Args: { email: string; role: string }
        Returns: undefined
      }
      import_webhooks: { Args: { changes: Json }; Returns: undefined }
      index_late_webhook_events: { Args: { max_rows: number }; Returns: number }
      index_webhook_events: { Args: { max_rows: number }; Returns: number }
      is_webhook_admin: { Args: Record<PropertyKey, never>; Returns: boolean }
      is_webhook_member: { Args: Record<PropertyKey, never>; Returns: boolean }
      list_webhook_activity: {
        Args: { webhook_ids: string[] }
        Returns: {
          health: Json
          last_24h: Json
          last_delivery_at: string
          waiting: number
          webhook_id: string
        }[]
      }
      list_webhook_events: {
        Args: {
          before_id?: string
          most: number
          record_id?: string
          related_id?: string
          since_id?: string
          type?: string
          unheard?: boolean
          until_id?: string
        }
        Returns: Json
      }
      list_webhook_manifest: {
        Args: {
          before_id?: string
          below?: string
          from_id?: string
          most: number
          webhook_id: string
        }
        Returns: Json
      }
      list_webhook_tokens: {
        Args: Record<PropertyKey, never>
        Returns: {
          created_at: string
          created_by: string
          expires_at: string
          id: string
          last_used_at: string
          name: string
          prefix: string
          revoked_at: string
          scope: string
        }[]
      }
      list_webhooks_by_state: {
        Args: {
          after_id?: string
          most: number
          sort?: string
          state?: string
          term?: string
        }
        Returns: Json
      }
      make_webhook_partition: {
        Args: Record<PropertyKey, never>
        Returns: boolean
      }
      make_webhook_token: {
        Args: {
          days?: number
          name: string
          prefix: string
          scope: string
          sha256: string
        }
        Returns: string
      }
      note_erased_records: {
        Args: { counts?: Json; records: string[] }
        Returns: string
      }
      note_webhook_chore_failure: {
        Args: { chore: string; error: string }
        Returns: undefined
      }
      note_webhook_exchange: {
        Args: {
          own: Database["public"]["Tables"]["webhook_workers"]["Row"]
          settles: boolean
          worker: string
        }
        Returns: undefined
      }
      note_webhook_export: { Args: { exported: number }; Returns: undefined }
      note_webhook_shadow_run: {
        Args: { draft_id: string; example?: Json; outcome: string }
        Returns: undefined
      }
      pass_over_webhook_delivery: {
        Args: { delivery_id: string }
        Returns: boolean
      }
      publish_webhook_script_draft: {
        Args: { draft_id: string; webhook_id: string }
        Returns: undefined
      }
      reconcile_webhook: {
        Args: {
          patience?: string
          since: string
          target: string
          types?: string[]
          until: string
        }
        Returns: {
          delivered: number
          event_type: string
          failed: number
          happened: number
          never_had: number
          not_matched: number
          skipped: number
          waiting: number
        }[]
      }
      redeliver_webhook_deliveries: {
        Args: { delivery_ids: string[] }
        Returns: Json
      }
      release_unknown_webhook_leases: {
        Args: { under_way: string[]; worker: string }
        Returns: number
      }
      release_webhook_leases: {
        Args: { present: string; worker: string }
        Returns: number
      }
      replay_failed_deliveries: {
        Args: {
          code_below?: number
          code_from?: number
          kinds?: string[]
          since: string
          target?: string
          type?: string
          until?: string
        }
        Returns: Json
      }
      resume_webhook_job: { Args: { job_id: string }; Returns: Json }
      reveal_webhook_secrets: { Args: { webhook_id: string }; Returns: Json }
      revoke_webhook_token: { Args: { token_id: string }; Returns: undefined }
      rotate_webhook_secret: {
        Args: { overlap?: string; secret: string; webhook_id: string }
        Returns: undefined
      }
      run_backfill_step: {
        Args: {
          job: Database["public"]["Tables"]["webhook_jobs"]["Row"]
          max_rows: number
        }
        Returns: Json
      }
      run_erasure_step: {
        Args: { max_rows: number; params: Json }
        Returns: Json
      }
      run_missing_step: {
        Args: {
          job: Database["public"]["Tables"]["webhook_jobs"]["Row"]
          max_rows: number
        }
        Returns: Json
      }
      run_queue_ending_step: {
        Args: {
          before: string
          error_kind: string
          error_message: string
          max_rows: number
          target: string
        }
        Returns: number
      }
      run_replay_step: {
        Args: {
          job: Database["public"]["Tables"]["webhook_jobs"]["Row"]
          max_rows: number
        }
        Returns: Json
      }
      run_webhook_chore: {
        Args: { chore: string; keep_days: number }
        Returns: Json
      }
      run_webhook_job_step: { Args: Record<PropertyKey, never>; Returns: Json }
      save_webhook_script_draft: {
        Args: { script: string; webhook_id: string }
        Returns: string
      }
      search_webhook_deliveries: {
        Args: {
          before_id?: string
          code_below?: number
          code_from?: number
          kinds?: string[]
          most: number
          record_id?: string
          since_id?: string
          statuses?: string[]
          target?: string
          type?: string
          until_id?: string
          words: string[]
        }
        Returns: Json
      }
      search_webhook_records: {
        Args: { most: number; words: string[] }
        Returns: Json
      }
      send_missing_webhook_events: {
        Args: {
          dry_run?: boolean
          since: string
          types?: string[]
          until?: string
          webhook_id: string
        }
        Returns: Json
      }
      settle_webhook_deliveries: {
        Args: { patience_ms?: number; results: Json }
        Returns: Json
      }
      start_webhook_listener: {
        Args: { events: string[]; name: string; origin: string }
        Returns: Json
      }
      stop_webhook_job: { Args: { job_id: string }; Returns: Json }
      store_webhook_events: {
        Args: { events: Json; of_rows: boolean }
        Returns: Json
      }
      tell_exhausted_deliveries: {
        Args: { settled: string[] }
        Returns: undefined
      }
      tell_webhooks: {
        Args: {
          about: string
          event_type: string
          payload: Json
          record_label?: string
        }
        Returns: undefined
      }
      told_row_event: { Args: Record<PropertyKey, never>; Returns: Json }
      trim_webhook_default_partition: {
        Args: { keep_days: number; max_rows: number }
        Returns: number
      }
      try_webhook_events: { Args: { events: string[] }; Returns: Json[] }
      upload_crm_file: {
        Args: {
          content_base64: string
          lead_id: string
          nom: string
          type_mime: string
        }
        Returns: Json
      }
      use_webhook_token: {
        Args: { address: string; sha256: string }
        Returns: Json
      }
      watch_rates: { Args: { max_rows: number }; Returns: number }
      watch_receivers: { Args: { max_rows: number }; Returns: number }
      watch_sources: { Args: { max_rows: number }; Returns: number }
      webhook_acting_token: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      webhook_add_histograms: {
        Args: { one: number[]; other: number[] }
        Returns: number[]
      }
      webhook_alert_is_valid: { Args: { alert: Json }; Returns: boolean }
      webhook_backlog: {
        Args: Record<PropertyKey, never>
        Returns: {
          held: string
          oldest_due: string
          webhook_id: string
        }[]
      }
      webhook_caller: { Args: Record<PropertyKey, never>; Returns: Json }
      webhook_column_nature: { Args: { type: unknown }; Returns: string }
      webhook_condition_is_valid: {
        Args: { condition: Json }
        Returns: boolean
      }
      webhook_condition_path: { Args: { conditions: Json }; Returns: unknown }
      webhook_condition_preview: {
        Args: { conditions: Json; most?: number; types: string[] }
        Returns: Json
      }
      webhook_condition_term: {
        Args: { field: string; operator: string; value: Json }
        Returns: string
      }
      webhook_condition_value_is_valid: {
        Args: { value: Json }
        Returns: boolean
      }
      webhook_conditions_are_valid: {
        Args: { conditions: Json }
        Returns: boolean
      }
      webhook_configuration: { Args: Record<PropertyKey, never>; Returns: Json }
      webhook_day_is_needed: {
        Args: { day: string; keep_days: number }
        Returns: boolean
      }
      webhook_default_partition_holds: {
        Args: { day: string; parent: string }
        Returns: boolean
      }
      webhook_delivery_batch: {
        Args: { leased: Database["public"]["Tables"]["webhook_queue"]["Row"][] }
        Returns: Json
      }
      webhook_delivery_wait: {
        Args: {
          due: string
          for_test: boolean
          leased: boolean
          queued_at: string
          target: string
        }
        Returns: {
          next_attempt_at: string
          waits_for: string
        }[]
      }
      webhook_event_deliveries: {
        Args: { event_id: string }
        Returns: {
          attempt_count: number
          created_at: string
          finished_at: string
          id: string
          last_error_kind: string
          last_status_code: number
          status: string
          webhook_id: string
        }[]
      }
      webhook_event_digest: {
        Args: { event_type: string; payload: Json }
        Returns: string
      }
      webhook_event_is_system: { Args: { name: string }; Returns: boolean }
      webhook_event_name_is_valid: { Args: { name: string }; Returns: boolean }
      webhook_event_types: {
        Args: Record<PropertyKey, never>
        Returns: string[]
      }
      webhook_event_words: {
        Args: { label: string; payload: Json }
        Returns: unknown
      }
      webhook_events_within: {
        Args: { event_ids: string[]; max_rows: number }
        Returns: string[]
      }
      webhook_failure_cause: {
        Args: { error_kind: string; status_code: number }
        Returns: string
      }
      webhook_failure_report: { Args: { delivery: string }; Returns: Json }
      webhook_headers_are_valid: { Args: { headers: Json }; Returns: boolean }
      webhook_histogram: {
        Args: { buckets: number[]; counts: number[] }
        Returns: number[]
      }
      webhook_is_blank: { Args: { value: string }; Returns: boolean }
      webhook_iso_time: { Args: { at: string }; Returns: string }
      webhook_json_is_deep: { Args: { payload: Json }; Returns: boolean }
      webhook_jsonb: { Args: { payload: Json }; Returns: Json }
      webhook_latency_bucket: { Args: { duration_ms: number }; Returns: number }
      webhook_listener_requests: {
        Args: { inbox_id: string; since?: string }
        Returns: Json
      }
      webhook_listens: {
        Args: { event_type: string; events: string[] }
        Returns: boolean
      }
      webhook_merged_payload: { Args: { event_ids: string[] }; Returns: string }
      webhook_origin: { Args: { said: string }; Returns: string }
      webhook_pace_allowance: {
        Args: { at: string; next_at: string; rate_limit: number }
        Returns: number
      }
      webhook_pace_turn: {
        Args: { next_at: string; rate_limit: number; taken: number }
        Returns: string
      }
      webhook_partition_key: { Args: { parent: string }; Returns: string }
      webhook_pause: { Args: { pauses: number }; Returns: string }
      webhook_payload_text: {
        Args: { name: string; payload: Json }
        Returns: string
      }
      webhook_queue_figures: { Args: Record<PropertyKey, never>; Returns: Json }
      webhook_queue_floors: {
        Args: {
          behind: Database["public"]["CompositeTypes"]["webhook_queue_place"][]
          floor: string
        }
        Returns: Record<string, unknown>
      }
      webhook_random_secret: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      webhook_readable_json: { Args: { payload: string }; Returns: string }
      webhook_reconciliation: {
        Args: { since: string; until: string; webhook_id: string }
        Returns: Json
      }
      webhook_record_digest: { Args: { record_id: string }; Returns: string }
      webhook_record_key: { Args: { id: string }; Returns: string }
      webhook_record_label: {
        Args: { event_type: string; payload: Json }
        Returns: string
      }
      webhook_record_query: { Args: { records: string[] }; Returns: unknown }
      webhook_row_queries: {
        Args: Record<PropertyKey, never>
        Returns: {
          kind: string
          query: string
        }[]
      }
      webhook_schema_version: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
      webhook_search_fold: { Args: { value: string }; Returns: string }
      webhook_search_parts: { Args: { folded: string }; Returns: string[] }
      webhook_search_phone: { Args: { value: string }; Returns: string }
      webhook_search_query: {
        Args: { record_id?: string; related_id?: string; words: string[] }
        Returns: unknown
      }
      webhook_search_term: { Args: { word: string }; Returns: string }
      webhook_session_lives: {
        Args: Record<PropertyKey, never>
        Returns: boolean
      }
      webhook_short_events: { Args: { events: Json }; Returns: Json }
      webhook_slug: { Args: { name: string }; Returns: string }
      webhook_source_columns: {
        Args: { ignore: string[]; iso_times: boolean; relation: unknown }
        Returns: {
          name: string
          place: number
          plain: string
          told: string
        }[]
      }
      webhook_source_faults: {
        Args: Record<PropertyKey, never>
        Returns: {
          fault: string
          kind: string
          relation: string
        }[]
      }
      webhook_source_key: {
        Args: { relation: unknown }
        Returns: {
          equals: string
          follows: string
          name: string
          plain: string
        }[]
      }
      webhook_source_label: {
        Args: { source: Database["public"]["Tables"]["webhook_sources"]["Row"] }
        Returns: string
      }
      webhook_source_query: {
        Args: { operation: string; relation: unknown }
        Returns: string
      }
      webhook_source_row: {
        Args: {
          alias: string
          operation: string
          source: Database["public"]["Tables"]["webhook_sources"]["Row"]
        }
        Returns: string
      }
      webhook_source_statement: {
        Args: { operation: string; relation: unknown }
        Returns: string
      }
      webhook_source_update: {
        Args: { source: Database["public"]["Tables"]["webhook_sources"]["Row"] }
        Returns: string
      }
      webhook_statistics: {
        Args: {
          periods: number
          step: string
          target?: string
          time_zone?: string
          until?: string
        }
        Returns: {
          errors_4xx: number
          errors_5xx: number
          errors_network: number
          errors_timeout: number
          errors_transform: number
          failed: number
          latency_histogram: number[]
          retried: number
          since: string
          skipped: number
          succeeded: number
        }[]
      }
      webhook_subscribable_event_types: {
        Args: Record<PropertyKey, never>
        Returns: string[]
      }
      webhook_subscriptions_are_valid: {
        Args: { events: string[] }
        Returns: boolean
      }
      webhook_tellable_json: { Args: { value: Json }; Returns: Json }
      webhook_url_is_valid: { Args: { url: string }; Returns: boolean }
      webhook_uuid_v7: { Args: { at?: string }; Returns: string }
      webhook_uuid_v7_floor: { Args: { at: string }; Returns: string }
      webhook_uuid_v7_time: { Args: { id: string }; Returns: string }
      webhook_waiting_count: { Args: { target: string }; Returns: number }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      webhook_queue_place: {
        webhook_id: string | null
        since: string | null
        first_due: string | null
        first_id: string | null
      }
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
