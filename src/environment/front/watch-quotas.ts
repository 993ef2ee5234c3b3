import { AppError } from "../../errors/app-error.ts";
import type { OpenService } from "../../services/service.ts";

/** Says when a service has become too full. */
export interface QuotaWatch {
  /** Something may have been stored. It is looked at now, or once more when somebody looks already. */
  look(): void;
}

/** @param onWarning - once, and again after there was room in between. */
export function watchQuotas(
  services: readonly OpenService[],
  onWarning: (message: string) => void,
): QuotaWatch {
  const full = new Set<OpenService>();
  let isLooking = false;
  let isAsked = false;
  return {
    look() {
      isAsked = true;
      if (!isLooking) void lookWhileAsked();
    },
  };

  async function lookWhileAsked(): Promise<void> {
    isLooking = true;
    while (isAsked) {
      isAsked = false;
      for (const service of services) await lookAt(service);
    }
    isLooking = false;
  }

  async function lookAt(service: OpenService): Promise<void> {
    const reason = await findReason(service);
    if (reason === undefined) full.delete(service);
    else if (!full.has(service)) {
      full.add(service);
      onWarning(reason);
    }
  }
}

async function findReason(service: OpenService): Promise<string | undefined> {
  try {
    await service.check();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.message : `cannot look at its files: ${error}`;
  }
}
