CREATE TYPE "public"."control_net_mode" AS ENUM('pose', 'depth', 'canny');--> statement-breakpoint
CREATE TYPE "public"."image_format" AS ENUM('jpeg', 'png', 'webp', 'gif', 'avif', 'heic');--> statement-breakpoint
CREATE TYPE "public"."job_event_type" AS ENUM('state', 'stage', 'progress', 'sample', 'checkpoint', 'output', 'preview');--> statement-breakpoint
CREATE TYPE "public"."job_kind" AS ENUM('training', 'generation');--> statement-breakpoint
CREATE TYPE "public"."job_stage" AS ENUM('preparing', 'loading_model', 'caching', 'training', 'sampling', 'saving', 'exporting', 'postprocessing');--> statement-breakpoint
CREATE TYPE "public"."job_state" AS ENUM('queued', 'running', 'completed', 'failed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."log_level" AS ENUM('debug', 'info', 'warn', 'error');--> statement-breakpoint
CREATE TYPE "public"."learning_rate_scheduler" AS ENUM('constant', 'cosine', 'cosine_with_restarts', 'linear');--> statement-breakpoint
CREATE TYPE "public"."optimizer" AS ENUM('adamw8bit', 'adamw', 'prodigy');--> statement-breakpoint
CREATE TYPE "public"."precision" AS ENUM('bf16', 'fp16', 'fp32');--> statement-breakpoint
CREATE TYPE "public"."training_method" AS ENUM('lora');--> statement-breakpoint
CREATE TYPE "public"."training_preset" AS ENUM('quick', 'balanced', 'quality', 'custom');--> statement-breakpoint
CREATE TABLE "characters" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"trigger_word" text NOT NULL,
	"description" text,
	"last_training_number" integer DEFAULT 0 NOT NULL,
	"last_lora_version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "characters_name_length" CHECK (char_length("characters"."name") between 1 and 100),
	CONSTRAINT "characters_trigger_word_form" CHECK ("characters"."trigger_word" ~ '^[[:alnum:] _-]{2,50}$'),
	CONSTRAINT "characters_description_length" CHECK (char_length("characters"."description") <= 500)
);
--> statement-breakpoint
CREATE TABLE "generation_loras" (
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"lora_id" uuid,
	"name" text NOT NULL,
	"strength" double precision NOT NULL,
	CONSTRAINT "generation_loras_pkey" PRIMARY KEY("job_id","position")
);
--> statement-breakpoint
CREATE TABLE "generations" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"base_model" text NOT NULL,
	"prompt" text NOT NULL,
	"negative_prompt" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"steps" integer NOT NULL,
	"guidance_scale" double precision NOT NULL,
	"seed" bigint NOT NULL,
	"count" integer NOT NULL,
	"sampler" text NOT NULL,
	"scheduler" text NOT NULL,
	"toggles" jsonb NOT NULL,
	CONSTRAINT "generations_seed_exact" CHECK ("generations"."seed" between 0 and 9007199254740991 - "generations"."count" + 1)
);
--> statement-breakpoint
CREATE TABLE "outputs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"job_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"seed" bigint NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"thumb_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outputs_job_id_index_key" UNIQUE("job_id","index")
);
--> statement-breakpoint
CREATE TABLE "images" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"character_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"format" "image_format" NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"bytes" integer NOT NULL,
	"thumb_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"file_name" text NOT NULL,
	"caption" text,
	CONSTRAINT "images_character_id_sha256_key" UNIQUE("character_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "reference_images" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sha256" text NOT NULL,
	"format" "image_format" NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"bytes" integer NOT NULL,
	"thumb_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reference_images_sha256_key" UNIQUE("sha256")
);
--> statement-breakpoint
CREATE TABLE "job_events" (
	"job_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"type" "job_event_type" NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_events_pkey" PRIMARY KEY("job_id","seq")
);
--> statement-breakpoint
CREATE TABLE "job_logs" (
	"job_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"level" "log_level" NOT NULL,
	"message" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_logs_pkey" PRIMARY KEY("job_id","seq")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" "job_kind" NOT NULL,
	"state" "job_state" DEFAULT 'queued' NOT NULL,
	"stage" "job_stage",
	"title" text NOT NULL,
	"engine" text NOT NULL,
	"character_id" uuid,
	"retry_of_id" uuid,
	"correlation_id" text NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"steps" integer NOT NULL,
	"steps_per_second" double precision,
	"attempt" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"cancel_requested_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "jobs_step_within_steps" CHECK ("jobs"."step" between 0 and "jobs"."steps"),
	CONSTRAINT "jobs_finished_with_end" CHECK (("jobs"."finished_at" is not null) = ("jobs"."state" not in ('queued', 'running'))),
	CONSTRAINT "jobs_failure_with_failed" CHECK (("jobs"."failure" is not null) = ("jobs"."state" = 'failed'))
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"version" text NOT NULL,
	"engines" text[] NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "loras" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"character_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"job_id" uuid,
	"name" text NOT NULL,
	"base_model" text NOT NULL,
	"rank" integer NOT NULL,
	"trigger_word" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"final_loss" double precision,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "loras_job_id_key" UNIQUE("job_id"),
	CONSTRAINT "loras_character_id_version_key" UNIQUE("character_id","version"),
	CONSTRAINT "loras_name_length" CHECK (char_length("loras"."name") between 1 and 100),
	CONSTRAINT "loras_version_positive" CHECK ("loras"."version" > 0)
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"job_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"is_pinned" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "checkpoints_job_id_step_key" UNIQUE("job_id","step")
);
--> statement-breakpoint
CREATE TABLE "dataset_snapshot_images" (
	"snapshot_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"sha256" text NOT NULL,
	"format" "image_format" NOT NULL,
	"caption" text,
	CONSTRAINT "dataset_snapshot_images_pkey" PRIMARY KEY("snapshot_id","position")
);
--> statement-breakpoint
CREATE TABLE "dataset_snapshots" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"character_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"job_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"prompt_index" integer NOT NULL,
	"prompt" text NOT NULL,
	"seed" bigint NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"thumb_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "samples_job_id_step_prompt_index_key" UNIQUE("job_id","step","prompt_index")
);
--> statement-breakpoint
CREATE TABLE "training_metrics" (
	"job_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"loss" double precision NOT NULL,
	"learning_rate" double precision NOT NULL,
	CONSTRAINT "training_metrics_pkey" PRIMARY KEY("job_id","step")
);
--> statement-breakpoint
CREATE TABLE "trainings" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"character_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"dataset_snapshot_id" uuid NOT NULL,
	"resumed_from_id" uuid,
	"base_model" text NOT NULL,
	"trigger_word" text NOT NULL,
	"preset" "training_preset" NOT NULL,
	"config" jsonb NOT NULL,
	"loss" double precision,
	"learning_rate" double precision,
	"gpu" jsonb,
	CONSTRAINT "trainings_character_id_number_key" UNIQUE("character_id","number")
);
--> statement-breakpoint
ALTER TABLE "generation_loras" ADD CONSTRAINT "generation_loras_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generation_loras" ADD CONSTRAINT "generation_loras_lora_id_loras_id_fk" FOREIGN KEY ("lora_id") REFERENCES "public"."loras"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "generations" ADD CONSTRAINT "generations_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "images" ADD CONSTRAINT "images_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_events" ADD CONSTRAINT "job_events_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_logs" ADD CONSTRAINT "job_logs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_retry_of_id_jobs_id_fk" FOREIGN KEY ("retry_of_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loras" ADD CONSTRAINT "loras_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loras" ADD CONSTRAINT "loras_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_snapshot_images" ADD CONSTRAINT "dataset_snapshot_images_snapshot_id_dataset_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."dataset_snapshots"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_snapshots" ADD CONSTRAINT "dataset_snapshots_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_metrics" ADD CONSTRAINT "training_metrics_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trainings" ADD CONSTRAINT "trainings_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trainings" ADD CONSTRAINT "trainings_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trainings" ADD CONSTRAINT "trainings_dataset_snapshot_id_dataset_snapshots_id_fk" FOREIGN KEY ("dataset_snapshot_id") REFERENCES "public"."dataset_snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trainings" ADD CONSTRAINT "trainings_resumed_from_id_checkpoints_id_fk" FOREIGN KEY ("resumed_from_id") REFERENCES "public"."checkpoints"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "characters_trigger_word_key" ON "characters" USING btree (lower("trigger_word"));--> statement-breakpoint
CREATE INDEX "characters_name_index" ON "characters" USING btree (lower("name"),"id");--> statement-breakpoint
CREATE INDEX "characters_updated_at_index" ON "characters" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "generation_loras_lora_id_index" ON "generation_loras" USING btree ("lora_id");--> statement-breakpoint
CREATE INDEX "images_character_id_id_index" ON "images" USING btree ("character_id","id");--> statement-breakpoint
CREATE INDEX "jobs_state_id_index" ON "jobs" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "jobs_character_id_id_index" ON "jobs" USING btree ("character_id","id");--> statement-breakpoint
CREATE INDEX "jobs_kind_id_index" ON "jobs" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "jobs_retry_of_id_index" ON "jobs" USING btree ("retry_of_id");--> statement-breakpoint
CREATE INDEX "jobs_line_index" ON "jobs" USING btree ("kind","engine","priority" DESC NULLS FIRST,"id") WHERE "jobs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX "loras_character_id_id_index" ON "loras" USING btree ("character_id","id");--> statement-breakpoint
CREATE INDEX "dataset_snapshot_images_sha256_index" ON "dataset_snapshot_images" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "dataset_snapshots_character_id_index" ON "dataset_snapshots" USING btree ("character_id");--> statement-breakpoint
CREATE INDEX "trainings_character_id_job_id_index" ON "trainings" USING btree ("character_id","job_id");--> statement-breakpoint
CREATE INDEX "trainings_dataset_snapshot_id_index" ON "trainings" USING btree ("dataset_snapshot_id");--> statement-breakpoint
CREATE INDEX "trainings_resumed_from_id_index" ON "trainings" USING btree ("resumed_from_id");