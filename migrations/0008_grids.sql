CREATE TABLE "generation_images" (
	"job_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"prompt" text NOT NULL,
	"negative_prompt" text NOT NULL,
	"seed" bigint NOT NULL,
	"loras" jsonb NOT NULL,
	CONSTRAINT "generation_images_pkey" PRIMARY KEY("job_id","index"),
	CONSTRAINT "generation_images_index" CHECK ("generation_images"."index" between 0 and 63),
	CONSTRAINT "generation_images_seed_exact" CHECK ("generation_images"."seed" between 0 and 9007199254740991),
	CONSTRAINT "generation_images_prompt_length" CHECK (char_length("generation_images"."prompt") between 1 and 2000),
	CONSTRAINT "generation_images_negative_length" CHECK (char_length("generation_images"."negative_prompt") <= 1000)
);
--> statement-breakpoint
CREATE TABLE "prompt_templates" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"prompt" text NOT NULL,
	"negative_prompt" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prompt_templates_name_length" CHECK (char_length("prompt_templates"."name") between 1 and 100),
	CONSTRAINT "prompt_templates_prompt_length" CHECK (char_length("prompt_templates"."prompt") between 1 and 2000),
	CONSTRAINT "prompt_templates_negative_length" CHECK (char_length("prompt_templates"."negative_prompt") <= 1000)
);
--> statement-breakpoint
CREATE TABLE "wildcards" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"values" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "wildcards_name_form" CHECK (char_length("wildcards"."name") <= 50 and "wildcards"."name" ~ '^[a-z0-9-]+(_[a-z0-9-]+)*$'),
	CONSTRAINT "wildcards_values_count" CHECK (cardinality("wildcards"."values") between 1 and 1000)
);
--> statement-breakpoint
ALTER TABLE "generations" DROP CONSTRAINT "generations_seed_exact";--> statement-breakpoint
ALTER TABLE "generation_loras" ALTER COLUMN "strength" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "generations" ADD COLUMN "grid" jsonb;--> statement-breakpoint
ALTER TABLE "generation_images" ADD CONSTRAINT "generation_images_job_id_generations_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."generations"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "prompt_templates_name_key" ON "prompt_templates" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "wildcards_name_key" ON "wildcards" USING btree ("name");--> statement-breakpoint
ALTER TABLE "generations" ADD CONSTRAINT "generations_seed_exact" CHECK ("generations"."seed" between 0 and 9007199254740991);--> statement-breakpoint
-- Written by hand: the images of the generations that there are, as their engines were given them.
INSERT INTO "generation_images" ("job_id", "index", "prompt", "negative_prompt", "seed", "loras")
SELECT g."job_id", i, g."prompt", g."negative_prompt", g."seed" + i, coalesce((
	SELECT jsonb_agg(jsonb_build_object('position', l."position", 'strength', l."strength") ORDER BY l."position")
	FROM "generation_loras" l WHERE l."job_id" = g."job_id"
), '[]'::jsonb)
FROM "generations" g CROSS JOIN LATERAL generate_series(0, g."count" - 1) AS i;