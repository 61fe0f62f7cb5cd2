import { Card } from '../ui/Card.tsx';
import { formatLoss } from '../ui/format.ts';
import { LineChart } from '../ui/LineChart.tsx';
import { ShownOnce } from '../ui/ShownOnce.tsx';
import { Time } from '../ui/Time.tsx';

const STEPS = Array.from({ length: 200 }, (_, index) => index + 1);
const smoothed = STEPS.map((step) => 0.4 * Math.exp(-step / 60) + 0.05);
const raw = smoothed.map((loss, index) => loss + 0.03 * Math.sin(index * 1.7));

export function Data() {
  return (
    <Card title="Chart, times and secrets">
      <LineChart
        label="Smoothed loss from 0.44 at step 1 to 0.06 at step 200"
        xLabel="step"
        lines={[
          { label: 'loss', weight: 'thin' },
          { label: 'smoothed', weight: 'bold' },
        ]}
        data={[STEPS, raw, smoothed]}
        ticks={[50, 100, 150]}
        log={false}
        format={formatLoss}
      />
      <p>
        Trained <Time at="2026-01-01T12:00:00Z" />.
      </p>
      <ShownOnce label="API key" value="isg_0123456789abcdef" warning="It is not shown again." />
    </Card>
  );
}
