-- Trusted: who may create in a database may add it. The embedded PostgreSQL has it, and so has every usual package.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE TABLE "archives" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"output_ids" uuid[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "archives_size" CHECK (cardinality("archives"."output_ids") between 1 and 500)
);
--> statement-breakpoint
CREATE TABLE "output_loras" (
	"lora_id" uuid NOT NULL,
	"output_id" uuid NOT NULL,
	CONSTRAINT "output_loras_pkey" PRIMARY KEY("lora_id","output_id")
);
--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "character_id" uuid;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "is_favourite" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "outputs" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
-- Written by hand: of the images that there are, whose they are and which LoRAs they were made with.
UPDATE "outputs" SET "character_id" = "jobs"."character_id" FROM "jobs" WHERE "jobs"."id" = "outputs"."job_id";--> statement-breakpoint
INSERT INTO "output_loras" ("lora_id", "output_id")
SELECT DISTINCT uses."lora_id", o."id" FROM "outputs" o
JOIN "generation_images" image ON image."job_id" = o."job_id" AND image."index" = o."index"
CROSS JOIN LATERAL jsonb_to_recordset(image."loras") AS used("position" int)
JOIN "generation_loras" uses ON uses."job_id" = o."job_id" AND uses."position" = used."position"
WHERE uses."lora_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "output_loras" ADD CONSTRAINT "output_loras_lora_id_loras_id_fk" FOREIGN KEY ("lora_id") REFERENCES "public"."loras"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "output_loras" ADD CONSTRAINT "output_loras_output_id_outputs_id_fk" FOREIGN KEY ("output_id") REFERENCES "public"."outputs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "archives_created_at_index" ON "archives" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "output_loras_output_id_index" ON "output_loras" USING btree ("output_id");--> statement-breakpoint
ALTER TABLE "outputs" ADD CONSTRAINT "outputs_character_id_characters_id_fk" FOREIGN KEY ("character_id") REFERENCES "public"."characters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "generation_images_prompt_index" ON "generation_images" USING gin ("prompt" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "outputs_kept_index" ON "outputs" USING btree ("id") WHERE "outputs"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "outputs_favourite_index" ON "outputs" USING btree ("id") WHERE "outputs"."is_favourite" and "outputs"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "outputs_character_id_id_index" ON "outputs" USING btree ("character_id","id");--> statement-breakpoint
CREATE INDEX "outputs_trash_index" ON "outputs" USING btree ("deleted_at","id") WHERE "outputs"."deleted_at" is not null;