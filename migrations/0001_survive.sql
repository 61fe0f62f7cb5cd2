CREATE TYPE "public"."attempt_outcome" AS ENUM('running', 'completed', 'failed', 'cancelled', 'lost', 'returned', 'held');--> statement-breakpoint
CREATE TYPE "public"."inconsistency_kind" AS ENUM('job_without_message', 'message_without_job', 'job_without_lease', 'process_without_lease', 'row_without_file', 'file_without_row', 'file_changed');--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"key" text PRIMARY KEY NOT NULL,
	"operation" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_attempts" (
	"job_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"worker_id" uuid NOT NULL,
	"host" text NOT NULL,
	"outcome" "attempt_outcome" DEFAULT 'running' NOT NULL,
	"failure" jsonb,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "job_attempts_pkey" PRIMARY KEY("job_id","number"),
	CONSTRAINT "job_attempts_ended_with_outcome" CHECK (("job_attempts"."ended_at" is not null) = ("job_attempts"."outcome" <> 'running'))
);
--> statement-breakpoint
CREATE TABLE "queues" (
	"name" text PRIMARY KEY NOT NULL,
	"paused_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "consistency_checks" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"jobs" integer DEFAULT 0 NOT NULL,
	"messages" integer DEFAULT 0 NOT NULL,
	"files" integer DEFAULT 0 NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "inconsistencies" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"check_id" uuid NOT NULL,
	"kind" "inconsistency_kind" NOT NULL,
	"subject" text NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "hold" jsonb;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "retry_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "pruned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "gpu_uuid" text;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "draining_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "job_attempts" ADD CONSTRAINT "job_attempts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inconsistencies" ADD CONSTRAINT "inconsistencies_check_id_consistency_checks_id_fk" FOREIGN KEY ("check_id") REFERENCES "public"."consistency_checks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inconsistencies_check_id_index" ON "inconsistencies" USING btree ("check_id");--> statement-breakpoint
CREATE INDEX "jobs_turn_index" ON "jobs" USING btree ("kind","engine","character_id","priority") WHERE "jobs"."state" in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "jobs_unpruned_index" ON "jobs" USING btree ("finished_at") WHERE "jobs"."finished_at" is not null and "jobs"."pruned_at" is null;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_waiting_with_queued" CHECK ("jobs"."state" = 'queued' or ("jobs"."hold" is null and "jobs"."retry_at" is null));