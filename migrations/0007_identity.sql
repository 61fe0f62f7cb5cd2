CREATE TYPE "public"."identity_lack" AS ENUM('off', 'no_face', 'failed');--> statement-breakpoint
ALTER TYPE "public"."job_event_type" ADD VALUE 'score' BEFORE 'checkpoint';--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "is_looked_at" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "face_count" integer;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "identity_score" double precision;--> statement-breakpoint
ALTER TABLE "trainings" ADD COLUMN "identity_lack" "identity_lack";