ALTER TYPE "public"."job_kind" ADD VALUE 'download';--> statement-breakpoint
ALTER TYPE "public"."job_stage" ADD VALUE 'downloading';--> statement-breakpoint
ALTER TYPE "public"."job_stage" ADD VALUE 'verifying';--> statement-breakpoint
CREATE TABLE "downloads" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"model_id" text NOT NULL,
	"bytes" bigint,
	"sha256" text,
	"commit" text
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "sole_of" text;--> statement-breakpoint
ALTER TABLE "downloads" ADD CONSTRAINT "downloads_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "downloads_model_id_job_id_index" ON "downloads" USING btree ("model_id","job_id");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_sole_open_index" ON "jobs" USING btree ("sole_of") WHERE "jobs"."state" in ('queued', 'running');