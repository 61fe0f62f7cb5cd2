CREATE TYPE "public"."lora_origin" AS ENUM('trained', 'uploaded');--> statement-breakpoint
ALTER TABLE "loras" ALTER COLUMN "character_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "loras" ALTER COLUMN "version" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "loras" ALTER COLUMN "trigger_word" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "gpu_name" text;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "gpu_memory_bytes" bigint;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "engine_reports" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "loras" ADD COLUMN "origin" "lora_origin" DEFAULT 'trained' NOT NULL;--> statement-breakpoint
-- All that there is comes from the fast-test engine, also what the version before this one still writes meanwhile.
ALTER TABLE "loras" ADD COLUMN "family" text NOT NULL DEFAULT 'fast-test';--> statement-breakpoint
ALTER TABLE "loras" ADD COLUMN "suggested_trigger_words" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "loras" ADD CONSTRAINT "loras_version_with_character" CHECK (("loras"."character_id" is null) = ("loras"."version" is null));--> statement-breakpoint
UPDATE "generations" SET "toggles" = '{"initImage": null}' || "toggles";--> statement-breakpoint
UPDATE "generations" SET "toggles" = jsonb_set("toggles", '{controlNet,isMap}', 'false') WHERE "toggles" -> 'controlNet' <> 'null';
