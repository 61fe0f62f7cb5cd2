ALTER TABLE "loras" DROP CONSTRAINT "loras_job_id_key";--> statement-breakpoint
ALTER TABLE "loras" ADD COLUMN "step" integer;--> statement-breakpoint
ALTER TABLE "loras" ADD CONSTRAINT "loras_job_id_step_key" UNIQUE("job_id","step");--> statement-breakpoint
UPDATE "loras" SET "step" = ("trainings"."config" ->> 'steps')::integer FROM "trainings" WHERE "trainings"."job_id" = "loras"."job_id";
